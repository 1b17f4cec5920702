import ReplayBuffers
import StateTree

@testable import BufferFiles

/// The buffers and states of which `Fixtures/rlbuf-1` has a file each.
enum GoldenSamples {
  static let names = [
    "transitions", "prioritized", "queue", "reservoir", "mix", "episodes", "prioritized-episodes", "dictionaries",
    "images", "types", "empty", "state", "parts", "ordered",
  ]

  /// The bytes of the file of this name.
  static func file(_ name: String) throws -> [UInt8] {
    switch name {
    case "transitions":
      var buffer = ReplayBuffer(capacity: 8, schema: try flatSchema(), seed: 1)
      try buffer.add(transitions(0..<11))
      _ = try buffer.sample(count: 3)
      return try file(of: buffer.snapshot())
    case "prioritized":
      var buffer = PrioritizedReplayBuffer(capacity: 8, alpha: 0.5, schema: try flatSchema(), seed: 2)
      try buffer.add(transitions(0..<10))
      try buffer.updatePriorities([2, 5, 9], [0.25, 4, 1e-6])
      return try file(of: buffer.snapshot())
    case "queue":
      var buffer = FIFOReplayBuffer(capacity: 8, schema: try flatSchema())
      try buffer.add(transitions(0..<6))
      _ = try buffer.sample(count: 2)
      return try file(of: buffer.snapshot())
    case "reservoir":
      var buffer = ReservoirReplayBuffer(capacity: 5, schema: try flatSchema(), seed: 3)
      try buffer.add(transitions(0..<20))
      return try file(of: buffer.snapshot())
    case "mix":
      var buffer = MixInReplayBuffer(ReplayBuffer(capacity: 8, schema: try flatSchema(), seed: 4), replayRatio: 0.5)
      try buffer.add(transitions(0..<9))
      _ = try buffer.sample(count: 4)
      return try file(of: buffer.snapshot())
    case "empty": return try file(of: ReplayBuffer(capacity: 8, schema: try flatSchema(), seed: 5).snapshot())
    default: return try episodeFile(name)
    }
  }

  private static func episodeFile(_ name: String) throws -> [UInt8] {
    switch name {
    case "episodes":
      var buffer = try EpisodeReplayBuffer(capacity: 12, schema: try episodeSchema("obs"), seed: 6)
      for fragment in try fragments("obs") { try buffer.add(fragment) }
      return try file(of: buffer.snapshot())
    case "prioritized-episodes":
      var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 12, schema: try episodeSchema("obs"), seed: 7)
      for fragment in try fragments("obs") { try buffer.add(fragment) }
      try buffer.updatePriorities([14, 15], [0.5, 2])
      return try file(of: buffer.snapshot())
    case "dictionaries":
      var buffer = try EpisodeReplayBuffer(capacity: 12, schema: try episodeSchema("obs/position", "obs/b/é"), seed: 8)
      for fragment in try fragments("obs/position", "obs/b/é") { try buffer.add(fragment) }
      return try file(of: buffer.snapshot())
    case "images": return try images()
    case "ordered": return try ordered()
    case "types": return try types()
    case "state": return try file(of: allValues())
    default: return try Forge.parts().bytes()
    }
  }

  private static let provenance: StateMap = ["program": "rlbuf 0.1.0", "created": "2025-11-22T19:05:00Z"]

  private static func file(of contents: some BufferContents) throws -> [UInt8] {
    try written {
      try BufferFileWriter.write(contents, to: $0, provenance: provenance, metadata: ["note": "v1, \u{e9}", "seed": 7])
    }
  }

  private static func file(of state: StateValue) throws -> [UInt8] {
    try written { path in
      let header = FileHeader(content: .state, provenance: provenance)
      try BufferFileWriter.create(at: path, header: header).finish(state: state)
    }
  }
}

extension GoldenSamples {
  private static func flatSchema() throws -> BufferSchema {
    try BufferSchema([
      ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
      ColumnSchema("new_obs", .float32, shape: [2]), ColumnSchema("terminateds", .bool),
      ColumnSchema("truncateds", .bool),
    ])
  }

  /// A walk that ends at every fifth step, in turn by itself and from outside.
  private static func transitions(_ steps: Range<Int>) throws -> [Tensor] {
    let positions: (Int) -> [Float] = { offset in steps.flatMap { [Float($0 + offset) / 4, -Float($0 + offset)] } }
    return [
      try Tensor(positions(0), shape: [steps.count, 2]), Tensor(vector: steps.map { Int64($0 % 3) }),
      Tensor(vector: steps.map { $0 == 7 ? Float.nan : Float($0) / 2 }),
      try Tensor(positions(1), shape: [steps.count, 2]), Tensor(vector: steps.map { $0 % 10 == 4 }),
      Tensor(vector: steps.map { $0 % 10 == 9 }),
    ]
  }

  private static func episodeSchema(_ observations: String...) throws -> BufferSchema {
    try BufferSchema(
      observations.map { ColumnSchema($0, .float64, shape: [2]) }
        + [ColumnSchema("actions", .int32), ColumnSchema("rewards", .float64)])
  }

  /// One terminated, one truncated, one that goes on, and one that goes on after its first eight steps were evicted.
  private static func fragments(_ observations: String...) throws -> [EpisodeFragment] {
    let pieces: [(id: String, times: Range<Int>, terminated: Bool, truncated: Bool)] = [
      ("long", 0..<5, false, false), ("first", 0..<4, true, false), ("second", 0..<1, false, true),
      ("long", 5..<8, false, false), ("open", 0..<3, false, false), ("long", 8..<10, false, false),
    ]
    return try pieces.map { piece in
      let times = Array(piece.times)
      let observed = (times + [piece.times.upperBound]).flatMap { [Double($0), Double(piece.id.utf8.count) / 8] }
      let parts = try observations.map { (StateKey($0), try Tensor(observed, shape: [times.count + 1, 2])) }
      return EpisodeFragment(
        id: piece.id, startTime: piece.times.lowerBound,
        observationParts: Dictionary(uniqueKeysWithValues: parts), actions: Tensor(vector: times.map { Int32($0 % 2) }),
        rewards: Tensor(vector: times.map { Double($0) + 0.125 }), isTerminated: piece.terminated,
        isTruncated: piece.truncated)
    }
  }

  /// Two row groups.
  private static func images() throws -> [UInt8] {
    let schema = try BufferSchema([
      ColumnSchema("obs", .uint8, shape: [2, 3, 3, 1]), ColumnSchema("actions", .int64),
      ColumnSchema("rewards", .float32),
    ])
    return try written { path in
      let content = FileHeader.Content.replayBuffer(kind: "Test", layout: .transitions, schema: schema)
      var writer = try BufferFileWriter.create(at: path, header: FileHeader(content: content, provenance: provenance))
      for (first, count) in [(0, 3), (3, 2)] {
        let pixels = (0..<18 * count).map { UInt8(($0 * 7 + first * 31) % 256) }
        try writer.append(
          RowBatch(
            firstRow: first, steps: (0..<count).map { Int64(100 + first + $0) },
            columns: [
              try Tensor(pixels, shape: [count, 2, 3, 3, 1]), Tensor(vector: (0..<count).map { Int64($0) }),
              Tensor(vector: [Float](repeating: 1, count: count)),
            ]))
      }
      try writer.finish(state: ["insertion_count": 105])
    }
  }

  /// Columns of just as many bytes as get blocks of their own, in a record whose order is not that of the schema.
  private static func ordered() throws -> [UInt8] {
    let schema = try BufferSchema([
      ColumnSchema("obs", .float32, shape: [64]), ColumnSchema("terminateds", .bool), ColumnSchema("truncateds", .bool),
      ColumnSchema("new_obs", .float32, shape: [64]), ColumnSchema("rewards", .float32),
    ])
    var buffer = ReplayBuffer(capacity: 20, schema: schema, seed: 9)
    let observations = { (first: Int) in (0..<64 * 16).map { Float(first + $0 / 64) + Float($0 % 4) / 8 } }
    try buffer.add([
      try Tensor(observations(0), shape: [16, 64]), Tensor(vector: (0..<16).map { $0 % 10 == 4 }),
      Tensor(vector: (0..<16).map { $0 % 10 == 9 }), try Tensor(observations(1), shape: [16, 64]),
      Tensor(vector: (0..<16).map { Float($0) / 2 }),
    ])
    return try file(of: buffer.snapshot())
  }

  /// Every type of element, with numbers to both ends.
  private static func types() throws -> [UInt8] {
    let names = [
      "|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16", "<U2", "|S3",
      "|V2", "<M8[ns]", "<m8[25us]", "<U0",
    ]
    var (columns, tensors): ([ColumnSchema], [Tensor]) = ([], [])
    for name in names {
      guard let type = DataType(name: name) else { continue }
      let bytes = [0x00, 0x01, 0x7f, 0xff].flatMap { [UInt8](repeating: $0, count: type.itemBytes) }
      columns.append(ColumnSchema(name, type))
      let isBool = type == .bool
      tensors.append(try Tensor(type, shape: [4], bytes: isBool ? [0, 1, 1, 0] : bytes))
    }
    let batch = RowBatch(firstRow: 0, steps: [0, 2, 5, 1 << 59], columns: tensors)
    return try file(of: MemoryContents(kind: "Test", schema: try BufferSchema(columns), batch: batch, stored: [:]))
  }

  /// Every kind of value, to both ends.
  private static func allValues() throws -> StateValue {
    [
      "nil": .nil, "bools": [true, false], "empty_list": [], "empty_map": [:], "nested": ["a": ["b": [["c": 1]]]],
      "integers": [
        0, -1, 127, 128, -32, -33, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, .int(.max), .int(.min),
        .unsigned(1 << 63), .unsigned(.max),
      ],
      "doubles": [
        0.5, -0.0, .double(.pi), 1e300, .double(.leastNonzeroMagnitude), .double(.infinity), .double(-.infinity),
        .double(Double(bitPattern: 0x7ff0_0000_0000_0001)), .double(Double(bitPattern: 0xfff8_0000_0000_1234)),
      ],
      "texts": ["", "e\u{301}", "\u{e9}", "\u{1f600}", "a\"b\\c\n\u{7f}", .string(String(repeating: "x", count: 40))],
      "bytes": [.bytes([]), .bytes([0, 255, 0x93])],
      "scalar": .tensor(try Tensor([2.5] as [Float], shape: [])),
      "no_rows": .tensor(try Tensor(zeros: .int16, shape: [0, 3])),
      "matrix": .tensor(try Tensor([1, 2, 3, 4, 5, 6] as [Int16], shape: [2, 3])),
    ]
  }
}

extension Forge {
  /// State in parts, as a writer of larger ones cuts it: a tensor by rows, another one by elements, bytes, a list, a map
  /// over two records.
  fileprivate static func parts() throws -> Forge {
    var forge = try Forge()
    forge.header = FileHeader(content: .state).record
    forge.rows = []
    forge.state = try stateParts().map(\.record)
    return forge
  }

  private static func stateParts() throws -> [StateRecord] {
    let (rows, whole) = (try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2]), Tensor(vector: [7, 8, 9] as [Int32]))
    return [
      StateRecord(path: [], value: ["first": 1, "second": "two"]),
      StateRecord(path: ["rows"], value: .tensor(rows.rows(0..<2)), part: .init(first: 0, total: 3, shape: [3, 2])),
      StateRecord(path: ["rows"], value: .tensor(rows.rows(2..<3)), part: .init(first: 2, total: 3, shape: [3, 2])),
      StateRecord(
        path: ["deep", "elements"], value: .tensor(whole.rows(0..<1)), part: .init(first: 0, total: 3, shape: [1, 3])),
      StateRecord(
        path: ["deep", "elements"], value: .tensor(whole.rows(1..<3)), part: .init(first: 1, total: 3, shape: [1, 3])),
      StateRecord(path: ["deep", "bytes"], value: .bytes([1, 2]), part: .init(first: 0, total: 5)),
      StateRecord(path: ["deep", "bytes"], value: .bytes([3, 4, 5]), part: .init(first: 2, total: 5)),
      StateRecord(path: ["list"], value: ["a", 2], part: .init(first: 0, total: 3)),
      StateRecord(path: ["list"], value: [.nil], part: .init(first: 2, total: 3)),
      StateRecord(path: ["deep"], value: ["more": 3.5]), StateRecord(path: [], value: ["third": false]),
    ]
  }
}
