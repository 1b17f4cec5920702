// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

func rlbuf(_ names: String...) -> [Target.Dependency] { names.map { .product(name: $0, package: "rlbuf") } }

/// A fuzzer; what it does with an input lies in the tests of the module, which do it again with every input that was kept.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: ["Fuzzing"] + dependencies, swiftSettings: settings)
}

// Fuzzers are a package of their own, since everything in it is built with libFuzzer and AddressSanitizer: see `run`.
let package = Package(
  name: "fuzz",
  dependencies: [
    .package(name: "rlbuf", path: "../.."), .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .systemLibrary(name: "CFuzzer"),
    .target(name: "Fuzzing", dependencies: ["CFuzzer"], swiftSettings: settings),
    fuzzer("MessagePackFuzzer", rlbuf("MessagePack")),
    fuzzer("StateFuzzer", rlbuf("StateTree", "MessagePack")),
    fuzzer("ContainerFuzzer", rlbuf("Zstandard")),
    fuzzer(
      "BufferFileFuzzer",
      rlbuf("BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "Zstandard", "FileSystemsTestSupport") + [system]),
    fuzzer(
      "CheckpointFuzzer",
      rlbuf(
        "Checkpoints", "BufferFiles", "ReplayBuffers", "StateTree", "MessagePack", "Zstandard", "FileSystems",
        "FileSystemsTestSupport") + [system]),
    fuzzer(
      "ForeignFuzzer",
      rlbuf("ForeignFormats", "BufferFiles", "ReplayBuffers", "MessagePack", "Zstandard", "FileSystemsTestSupport") + [system]),
  ]
)
