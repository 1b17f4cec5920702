// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

func rlbuf(_ name: String) -> Target.Dependency { .product(name: name, package: "rlbuf") }

// Benchmarks are a package of their own, so that the library stays free of what they need.
let package = Package(
  name: "benchmarks",
  products: [
    .executable(name: "storage-benchmark", targets: ["StorageBenchmark"]),
    .executable(name: "buffer-benchmark", targets: ["BufferBenchmark"]),
    .executable(name: "file-benchmark", targets: ["FileBenchmark"]),
    .executable(name: "training-benchmark", targets: ["TrainingBenchmark"]),
  ],
  dependencies: [
    .package(name: "rlbuf", path: "../.."), .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .executableTarget(
      name: "StorageBenchmark", dependencies: [rlbuf("ReplayBuffers"), rlbuf("StateTree")], swiftSettings: settings),
    .executableTarget(
      name: "BufferBenchmark", dependencies: ["BenchmarkData", rlbuf("ReplayBuffers"), rlbuf("StateTree")], swiftSettings: settings),
    .target(
      name: "BenchmarkData", dependencies: [rlbuf("Environments"), rlbuf("ReplayBuffers"), rlbuf("StateTree")],
      swiftSettings: settings),
    .executableTarget(
      name: "FileBenchmark",
      dependencies: [
        "BenchmarkData", rlbuf("Algorithms"), rlbuf("Training"), rlbuf("Checkpoints"), rlbuf("BufferFiles"),
        rlbuf("FileSystems"), rlbuf("ReplayBuffers"), rlbuf("StateTree"), system,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "TrainingBenchmark",
      dependencies: [
        "BenchmarkData", rlbuf("Algorithms"), rlbuf("Training"), rlbuf("NeuralNetworks"), rlbuf("Checkpoints"), rlbuf("FileSystems"),
        rlbuf("Environments"), rlbuf("ReplayBuffers"), rlbuf("StateTree"), system,
      ],
      swiftSettings: settings),
  ]
)
