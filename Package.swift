// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with. Declared once; `ArchitectureTests` checks that no target declares its own.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "rlbuf",
  products: [
    // Each floor is a product of its own: whoever only reads files links nothing above `BufferFiles`.
    .library(name: "MessagePack", targets: ["MessagePack"]),
    .library(name: "Zstandard", targets: ["Zstandard"]),
    .library(name: "FileSystems", targets: ["FileSystems"]),
    .library(name: "StateTree", targets: ["StateTree"]),
    .library(name: "ReplayBuffers", targets: ["ReplayBuffers"]),
    .library(name: "BufferFiles", targets: ["BufferFiles"]),
    .library(name: "Checkpoints", targets: ["Checkpoints"]),
    .library(name: "Environments", targets: ["Environments"]),
    .library(name: "NeuralNetworks", targets: ["NeuralNetworks"]),
    .library(name: "Training", targets: ["Training"]),
    .library(name: "Algorithms", targets: ["Algorithms"]),
    .library(name: "ForeignFormats", targets: ["ForeignFormats"]),
    .library(name: "Inspection", targets: ["Inspection"]),
    .library(name: "RLBuf", targets: ["RLBuf"]),
    // For the fuzzers in tools/fuzz, which do what tests do.
    .library(name: "FileSystemsTestSupport", targets: ["FileSystemsTestSupport"]),
    .executable(name: "rlbuf", targets: ["RLBufCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .systemLibrary(name: "CMsgPack", pkgConfig: "msgpack", providers: [.apt(["libmsgpack-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CBLAS", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CPrefetch"),
    library("MessagePack", ["CMsgPack"]),
    library("Zstandard", ["CZstd"]),
    library("FileSystems", ["CLinux", system]),
    library("FileSystemsTestSupport", ["FileSystems", system]),
    library("StateTree", ["MessagePack", collections]),
    library("ReplayBuffers", ["StateTree", "CPrefetch"]),
    library("BufferFiles", ["ReplayBuffers", "StateTree", "MessagePack", "Zstandard", "FileSystems", crypto, system]),
    library("Checkpoints", ["BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "Zstandard", "FileSystems", crypto, system]),
    library("CheckpointsTestSupport", ["Checkpoints", "BufferFiles", "FileSystems", "ReplayBuffers", "StateTree", system]),
    library("Environments", ["StateTree"]),
    library("NeuralNetworks", ["StateTree", "CBLAS"]),
    library("Training", ["Checkpoints", "Environments", "BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "Zstandard", "FileSystems", system]),
    library("Algorithms", ["Training", "NeuralNetworks", "Checkpoints", "Environments", "BufferFiles", "ReplayBuffers", "StateTree", "FileSystems", system]),
    library("ForeignFormats", ["Checkpoints", "BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "Zstandard", "FileSystems", system]),
    library("Inspection", ["ForeignFormats", "Checkpoints", "BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "FileSystems", system]),
    library("RLBuf", ["Algorithms", "Training", "NeuralNetworks", "Environments", "Checkpoints", "Inspection", "ForeignFormats", "BufferFiles", "FileSystems", "ReplayBuffers", "StateTree", "Zstandard", "MessagePack"]),
    program("RunnerTestProgram", ["Algorithms", "Training", "Environments", "FileSystems", "StateTree", system]),
    // With all that RLBuf gives on: SwiftPM would else link it as it was compiled before one of them changed.
    program("RLBufCommand", ["RLBuf", "Algorithms", "Training", "NeuralNetworks", "Environments", "Checkpoints", "Inspection", "ForeignFormats", "BufferFiles", "FileSystems", "ReplayBuffers", "StateTree", "Zstandard", "MessagePack", arguments, system]),
    tests("ArchitectureTests", []),
    tests("MessagePackTests", ["MessagePack", "FileSystemsTestSupport"]),
    tests("ZstandardTests", ["Zstandard", "FileSystemsTestSupport"]),
    tests("FileSystemsTests", ["FileSystems", "FileSystemsTestSupport", system]),
    tests("RLBufCommandTests", ["RLBufCommand", "Checkpoints", "CheckpointsTestSupport", "ReplayBuffers", "StateTree", "Zstandard", system], exclude: ["Cases"]),
    tests("SamplesTests", ["ForeignFormats", "BufferFiles", "ReplayBuffers", "StateTree", system]),
    tests("StateTreeTests", ["StateTree", "MessagePack", "FileSystemsTestSupport"]),
    tests("ReplayBuffersTests", ["ReplayBuffers", "StateTree"]),
    tests("InspectionTests", ["Inspection", "ForeignFormats", "Checkpoints", "CheckpointsTestSupport", "BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "FileSystems", "FileSystemsTestSupport", system], exclude: ["Golden"]),
    tests("BufferFilesTests", ["BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "FileSystems", "FileSystemsTestSupport", "Zstandard", system]),
    tests("ForeignFormatsTests", ["ForeignFormats", "BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "FileSystems", "FileSystemsTestSupport", "Zstandard", system]),
    tests("EnvironmentsTests", ["Environments", "StateTree"]),
    tests("NeuralNetworksTests", ["NeuralNetworks", "StateTree"]),
    tests("CheckpointsTests", ["Checkpoints", "BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "FileSystems", "FileSystemsTestSupport", "Zstandard", system]),
    tests("TrainingTests", ["Training", "Checkpoints", "Environments", "BufferFiles", "ReplayBuffers", "StateTree", "FileSystems", "FileSystemsTestSupport", system]),
    tests("AlgorithmsTests", ["Algorithms", "Training", "NeuralNetworks", "Checkpoints", "Environments", "BufferFiles", "ReplayBuffers", "StateTree", "FileSystems", "FileSystemsTestSupport", system]),
    tests("RunnerProcessTests", ["RunnerTestProgram", "Algorithms", "Training", "Checkpoints", "Environments", "ReplayBuffers", "StateTree", "FileSystems", "FileSystemsTestSupport", system], exclude: ["Impostors"]),
    tests("ComparingTests", ["Inspection", "ForeignFormats", "Checkpoints", "CheckpointsTestSupport", "BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "FileSystems", "FileSystemsTestSupport", system]),
  ]
)
