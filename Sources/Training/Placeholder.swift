internal import StateTree
