// swift-tools-version: 6.2
import PackageDescription

// A trainer of one's own: it links `Checkpoints` and what lies below it, and neither the reference trainers nor OpenBLAS.
let package = Package(
  name: "own-trainer",
  dependencies: [.package(name: "rlbuf", path: "../../..")],
  targets: [
    .executableTarget(
      name: "OwnTrainer",
      dependencies: [
        .product(name: "Checkpoints", package: "rlbuf"), .product(name: "BufferFiles", package: "rlbuf"),
        .product(name: "ReplayBuffers", package: "rlbuf"), .product(name: "StateTree", package: "rlbuf"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
