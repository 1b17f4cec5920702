internal import FileSystems
internal import StateTree

/// Why a text is no manifest.
enum ManifestError: Error, Equatable {
  /// It was written by a newer rlbuf.
  case newerVersion(Int)
  /// What and where.
  case invalid(String)
}

extension CheckpointManifest {
  /// The manifest as JSON, with its seal.
  /// - Throws: `CheckpointError.notJSON` for bytes or tensors in configuration, provenance or results.
  func text() throws(CheckpointError) -> String {
    ManifestSeal.sealed(try StateJSON.text(of: .map(record), layout: .indented))
  }

  private var record: StateMap {
    [
      "format": .string(Self.format), "version": .int(Int64(Self.version)),
      "run_id": .string(runID), "iteration": .integer(iteration), "environment_steps": .integer(environmentSteps),
      "exact": .bool(isExact), "inexact_because": .array(inexactBecause.map { .string($0) }),
      "components": .array(components.map(\.record)),
      "omitted": .array(omitted.map { ["name": .string($0.name), "because": .string($0.because)] }),
      "proofs": .map(StateMap(proofs.sorted { $0.key < $1.key }.map { (StateKey($0.key), .string($0.value)) })),
      "results": .map(results), "configuration": .map(configuration), "provenance": .map(provenance),
      "files": .array(files.map(\.record)),
    ]
  }

  /// The manifest that a JSON text holds, checked to name nothing outside its directory and to be what was written.
  init(text: [UInt8]) throws(ManifestError) {
    let value: StateValue
    do { value = try StateJSON.value(of: text) } catch { throw .invalid(error.description) }
    let version: Int
    do { version = try Self.version(of: value) } catch { throw .invalid(error.reason) }
    guard version <= Self.version else { throw .newerVersion(version) }
    guard version > 0 else { throw .invalid("version is \(version), expected 1 or more") }
    do { try self.init(StateReader(value)) } catch { throw .invalid(error.reason) }
    if let fault = ManifestCheck(self).fault ?? ManifestSeal.fault(in: text) { throw .invalid(fault) }
  }

  private static func version(of value: StateValue) throws(StateTreeError) -> Int {
    let reader = try StateReader(value)
    let format = try reader.string("format")
    guard format == Self.format else { throw .invalidValue(path: "format", found: format, expected: Self.format) }
    return try reader.count("version")
  }

  private init(_ reader: StateReader) throws(StateTreeError) {
    self.init(
      runID: try reader.string("run_id"), iteration: try reader.counter("iteration"),
      environmentSteps: try reader.counter("environment_steps"))
    inexactBecause = try reader.texts("inexact_because")
    components = try reader.list("components") { (element) throws(StateTreeError) in try Component(element) }
    omitted = try reader.list("omitted") { (element) throws(StateTreeError) in
      Omission(name: try element.string("name"), because: try element.string("because"))
    }
    files = try reader.list("files") { (element) throws(StateTreeError) in try File(element) }
    let saved = try reader.reader("proofs")
    for key in saved.map.keys { proofs[key.string] = try saved.string(key) }
    results = try reader.reader("results").map
    configuration = try reader.reader("configuration").map
    provenance = try reader.reader("provenance").map
  }
}

extension CheckpointManifest.File {
  fileprivate var record: StateValue {
    ["path": .string(path), "bytes": .integer(byteCount), "sha256": .string(sha256)]
  }

  fileprivate init(_ reader: StateReader) throws(StateTreeError) {
    self.init(
      path: try reader.string("path"), byteCount: try reader.count("bytes"), sha256: try reader.string("sha256"))
  }
}

extension CheckpointManifest.Component {
  fileprivate var record: StateValue {
    var record: StateMap = ["name": .string(name), "file": .string(file)]
    switch content {
    case .state: record["holds"] = "state"
    case .buffer(let kind, let steps, let segments):
      record["holds"] = "buffer"
      record["kind"] = .string(kind)
      record["steps"] = .integer(steps)
      record["segments"] = .array(segments.map { .string($0) })
    }
    return .map(record)
  }

  fileprivate init(_ reader: StateReader) throws(StateTreeError) {
    let holds = try reader.string("holds")
    let content: Content
    switch holds {
    case "state": content = .state
    case "buffer":
      content = .buffer(
        kind: try reader.string("kind"), steps: try reader.count("steps"), segments: try reader.texts("segments"))
    default: throw .invalidValue(path: "\(reader.path)/holds", found: holds, expected: "state or buffer")
    }
    self.init(name: try reader.string("name"), file: try reader.string("file"), content: content)
  }
}

extension StateReader {
  /// The list of texts at a key.
  func texts(_ key: StateKey) throws(StateTreeError) -> [String] {
    var texts: [String] = []
    for (index, element) in try array(key).enumerated() {
      guard case .string(let text) = element else {
        throw .wrongType(path: "\(path / key / index)", expected: "a string", found: element.typeName)
      }
      texts.append(text)
    }
    return texts
  }

  /// The list of maps at a key.
  func list<Element>(
    _ key: StateKey, _ element: (StateReader) throws(StateTreeError) -> Element
  ) throws(StateTreeError) -> [Element] {
    var elements: [Element] = []
    for (index, value) in try array(key).enumerated() {
      elements.append(try element(try StateReader(value, at: path / key / index)))
    }
    return elements
  }
}
