// swift-tools-version: 6.2
import PackageDescription

// A program of somebody who only reads files: it links `BufferFiles` and what lies below it, nothing else of rlbuf.
let package = Package(
  name: "reading-buffers",
  dependencies: [.package(name: "rlbuf", path: "../../..")],
  targets: [
    .executableTarget(
      name: "ReadingBuffers",
      dependencies: [
        .product(name: "BufferFiles", package: "rlbuf"), .product(name: "ReplayBuffers", package: "rlbuf"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
