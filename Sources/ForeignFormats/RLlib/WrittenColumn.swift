internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// A column on its way back into the lists of episodes.
struct WrittenColumn {
  private let column: Int
  private let path: [ValuePath.Step]
  private let encodings: StateValue

  /// - Parameter value: What `DumpParts` says of it under `rllib/columns`.
  init(_ value: StateValue, _ schema: BufferSchema) throws {
    let reader = try StateReader(value, at: ["rllib", "columns"])
    let name = try reader.string("name")
    guard let column = schema.index(of: name) else { throw StateTreeError.missingKey(path: "columns/\(name)") }
    self.column = column
    encodings = try reader.value("encoding")
    path = try reader.array("path").map { step in
      switch step {
      case .string(let name): return .key(name)
      case .int(let index): return .index(Int(index))
      default: throw StateTreeError.wrongType(path: "rllib/columns/path", expected: "a step", found: step.typeName)
      }
    }
  }

  /// The list of one episode, or nil if the list itself was kept.
  func change(
    _ episode: EpisodeRecord, number: Int, _ rows: RowBatch
  ) throws -> (path: ArraySlice<ValuePath.Step>, value: MessagePackValue)? {
    var word = encodings
    if case .array(let words) = encodings { word = words.indices.contains(number) ? words[number] : .nil }
    guard case .string(let text) = word, text != "kept" else { return nil }
    let isObservation = path.first == .key("observations")
    let tensor = rows.columns[column].rows(0..<episode.length + (isObservation ? 1 : 0))
    guard let list = NumberBlock.Encoding(rawValue: text)?.list(tensor) else {
      throw StateTreeError.invalidValue(path: "rllib/columns", found: text, expected: "how the numbers were held")
    }
    return (path[...], list)
  }
}
