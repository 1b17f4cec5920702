import Foundation
import SystemPackage
import Testing

@testable import BufferFiles
@testable import ForeignFormats

/// Samples are packages of their own, so that what they link is what a user's package links.
@Suite("Samples compile and run", .serialized)
struct SamplesTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func `a program that links only BufferFiles opens, reads, samples and compares`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rlbuf-sample-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try [2, 4].map { try convert(iteration: $0, into: folder) }
    let output = try run("ReadingBuffers", arguments: files)
    #expect(
      output == """
        steps 1519..<4000, 65 episodes
        the newest 256 rewards sum to 256.0
        sampled 32 of 2481 steps, observations [32, 4]
        different: +2000 -1519 =481

        """)
  }

  @Test func `its package names nothing above BufferFiles`() throws {
    let manifest = Self.root.appendingPathComponent("Tests/Samples/ReadingBuffers/Package.swift")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    let products = text.matches(of: /product\(name: "(\w+)"/).map { String($0.1) }
    #expect(products == ["BufferFiles", "ReplayBuffers"])
  }

  @Test func `a trainer of one's own stops, goes on exactly, and links no OpenBLAS`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rlbuf-sample-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let (straight, stopped) = (folder.appendingPathComponent("a").path, folder.appendingPathComponent("b").path)
    let uninterrupted = try run("OwnTrainer", arguments: [straight, "4"])
    #expect(uninterrupted.wholeMatch(of: /iteration 4, 800 steps: [0-9a-f]{64}\n/) != nil)
    let first = try run("OwnTrainer", arguments: [stopped, "2"])
    #expect(first.hasPrefix("iteration 2, 400 steps: "))
    #expect(try run("OwnTrainer", arguments: [stopped, "2"]) == "goes on exactly after iteration 2\n" + uninterrupted)
    let libraries = try execute("/usr/bin/ldd", [Self.binary("OwnTrainer")])
    #expect(libraries.contains("libzstd") && !libraries.contains("blas"))
  }

  @Test func `its package names nothing above Checkpoints`() throws {
    let manifest = Self.root.appendingPathComponent("Tests/Samples/OwnTrainer/Package.swift")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    let products = text.matches(of: /product\(name: "(\w+)"/).map { String($0.1) }
    #expect(products == ["Checkpoints", "BufferFiles", "ReplayBuffers", "StateTree"])
  }

  private func convert(iteration: Int, into folder: URL) throws -> String {
    let dump = Self.root.appendingPathComponent(
      "Fixtures/rllib-2.60.0/dqn_cartpole_prioritized_2500_iteration_\(iteration).msgpack")
    let output = folder.appendingPathComponent("\(iteration).msgpack.zst").path
    guard case .rllibDump(let contents) = try SavedState.open(.init(dump.path)) else {
      throw Failure(text: "\(dump.path) is no dump")
    }
    try BufferFileWriter.write(contents, to: .init(output))
    return output
  }

  /// One a sample: two packages that share a build directory do not notice each other.
  private static func scratch(_ sample: String) -> String {
    root.appendingPathComponent(".build-samples/\(sample)").path
  }

  private static func binary(_ sample: String) -> String { "\(scratch(sample))/debug/\(sample)" }

  /// Builds the sample beside the other builds and runs it.
  private func run(_ sample: String, arguments: [String]) throws -> String {
    let package = Self.root.appendingPathComponent("Tests/Samples/\(sample)").path
    let scratch = Self.scratch(sample)
    let build = ["swift", "build", "--package-path", package, "--scratch-path", scratch]
    do { _ = try execute("/usr/bin/env", build) } catch {
      // SwiftPM does not always notice that files of a package by path were renamed: build anew, once.
      try? FileManager.default.removeItem(atPath: scratch)
      _ = try execute("/usr/bin/env", build)
    }
    return try execute(Self.binary(sample), arguments)
  }

  private struct Failure: Error { let text: String }

  private func execute(_ path: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(text: output) }
    return output
  }
}
