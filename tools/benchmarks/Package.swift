// swift-tools-version: 6.2
import PackageDescription

// Benchmarks are a package of their own, so that the library stays free of what they need.
// They use the products `ReplayBuffers` and `StateTree` of the package above.
let package = Package(
  name: "benchmarks",
  products: [.executable(name: "storage-benchmark", targets: ["StorageBenchmark"])],
  dependencies: [.package(name: "rlbuf", path: "../..")],
  targets: [
    .executableTarget(
      name: "StorageBenchmark",
      dependencies: [
        .product(name: "ReplayBuffers", package: "rlbuf"), .product(name: "StateTree", package: "rlbuf"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility")])
  ]
)
