// The umbrella: `import RLBuf` brings every library of the project.
@_exported public import Checkpoints
@_exported public import Environments
@_exported public import NeuralNetworks
@_exported public import Training
@_exported public import Algorithms
@_exported public import BufferFiles
@_exported public import FileSystems
@_exported public import ForeignFormats
@_exported public import Inspection
@_exported public import MessagePack
@_exported public import ReplayBuffers
@_exported public import StateTree
@_exported public import Zstandard
