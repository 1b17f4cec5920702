internal import StateTree
import Testing
