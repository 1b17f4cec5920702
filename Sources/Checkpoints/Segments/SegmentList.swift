internal import ReplayBuffers
internal import StateTree

/// Rows that belong together and never change once they are sealed: an episode, or a stretch of flat transitions.
struct SegmentRun: Hashable, Sendable {
  /// The number of its first step; -1 for an episode without steps.
  var firstStep: Int
  /// How many rows it has.
  var rowCount: Int
}

/// Some rows of a segment with the digest of what is in them, to recognize them in a snapshot.
struct SegmentSample: Hashable, Sendable {
  /// The rows, counted in the segment.
  var rows: Range<Int>
  /// The first 16 bytes of the SHA-256 of their step numbers and columns.
  var digest: [UInt8]

  static let digestBytes = 16
}

/// A segment: one immutable file of rows.
struct Segment: Hashable, Sendable {
  /// Its name in the pool and in the component's directory.
  var name: String
  /// How many rows it has.
  var rowCount: Int
  /// What it holds, in order; empty for one that is not sealed, which is never used again.
  var runs: [SegmentRun] = []
  /// What it is recognized by; empty for one that is not sealed.
  var samples: [SegmentSample] = []

  var isSealed: Bool { !samples.isEmpty }
}

/// Rows of a segment that follow each other in the buffer too.
struct SegmentPiece: Hashable, Sendable {
  /// The number of the segment in the list.
  var segment: Int
  /// The rows, counted in the segment.
  var rows: Range<Int>
}

/// A buffer as it lies in a checkpoint: its state, and which rows of which segments are its rows.
struct SegmentList: Sendable {
  var kind: String
  var layout: BufferLayout
  var schema: BufferSchema
  /// Everything but the rows.
  var bufferState: StateValue
  var segments: [Segment]
  /// The rows of the buffer, in order.
  var pieces: [SegmentPiece]
  /// How many saves in a row have shared segments with one before them, this one included; 0 if it shares none.
  var increments = 0

  /// How many rows the buffer has.
  var rowCount: Int { pieces.reduce(0) { $0 + $1.rows.count } }
}

extension SegmentList {
  /// The list as the component's file holds it.
  /// - Source: `Checkpoints.md`, "Segments".
  var state: StateValue {
    [
      "kind": .string(kind), "layout": .string(layout.rawValue), "schema": schema.state,
      "rows": .integer(rowCount), "increments": .integer(increments), "state": bufferState,
      "segments": .map(StateMap(segments.map { (StateKey($0.name), $0.state) })),
      "pieces": [
        "segment": .vector(pieces.map(\.segment)), "first_row": .vector(pieces.map(\.rows.lowerBound)),
        "rows": .vector(pieces.map(\.rows.count)),
      ],
    ]
  }

  /// The list that a component's file holds, checked: no row outside its segment, no more rows than there can be.
  /// - Throws: `SegmentListError` with what is wrong and where.
  init(state: StateValue) throws(SegmentListError) {
    do throws(StateTreeError) {
      let reader = try StateReader(state)
      kind = try reader.string("kind")
      let name = try reader.string("layout")
      guard let layout = BufferLayout(rawValue: name) else {
        throw .invalidValue(path: "layout", found: name, expected: "transitions or episodes")
      }
      self.layout = layout
      schema = try Self.schema(try reader.array("schema"))
      bufferState = try reader.value("state")
      segments = try Self.segments(try reader.reader("segments"))
      pieces = try Self.pieces(try reader.reader("pieces"), in: segments)
      // Without it the next full copy may come late, and nothing else.
      increments = reader.map["increments"] == nil ? 0 : try reader.counter("increments")
      guard try reader.count("rows") == rowCount else {
        throw .invalidValue(
          path: "rows", found: "\(try reader.count("rows"))", expected: "the \(rowCount) rows of the pieces")
      }
    } catch {
      throw SegmentListError(reason: error.reason)
    }
  }

  private static func schema(_ columns: [StateValue]) throws(StateTreeError) -> BufferSchema {
    do throws(ReplayBufferError) { return try BufferSchema(state: columns) } catch {
      if case .state(let error) = error { throw error }
      throw .invalidValue(path: "schema", found: error.description, expected: "distinct columns")
    }
  }

  private static func segments(_ reader: StateReader) throws(StateTreeError) -> [Segment] {
    var segments: [Segment] = []
    for key in reader.map.keys { segments.append(try Segment(name: key.string, try reader.reader(key))) }
    return segments
  }

  private static func pieces(
    _ reader: StateReader, in segments: [Segment]
  ) throws(StateTreeError) -> [SegmentPiece] {
    let numbers: [Int64] = try reader.vector("segment")
    let (firsts, counts): ([Int64], [Int64]) = (try reader.vector("first_row"), try reader.vector("rows"))
    guard firsts.count == numbers.count, counts.count == numbers.count else {
      throw .invalidValue(path: "pieces", found: "columns of different lengths", expected: "one length")
    }
    var pieces: [SegmentPiece] = []
    for index in numbers.indices {
      guard let number = Int(exactly: numbers[index]), segments.indices.contains(number),
        firsts[index] >= 0, counts[index] > 0, firsts[index] <= segments[number].rowCount,
        counts[index] <= segments[number].rowCount - Int(firsts[index])
      else {
        throw .invalidValue(
          path: "pieces", found: "\(counts[index]) rows from row \(firsts[index]) of segment \(numbers[index])",
          expected: "rows of a segment")
      }
      pieces.append(SegmentPiece(segment: number, rows: Int(firsts[index])..<Int(firsts[index] + counts[index])))
    }
    // With at most 2^40 rows a piece, their sum cannot overflow.
    guard pieces.count <= 1 << 22 else {
      throw .invalidValue(path: "pieces", found: "\(pieces.count) pieces", expected: "at most 2^22")
    }
    return pieces
  }
}

/// Why a list of segments cannot be one.
struct SegmentListError: Error, Equatable {
  let reason: String
}

extension Segment {
  fileprivate var state: StateValue {
    var map: StateMap = ["rows": .integer(rowCount)]
    if isSealed {
      map["runs"] = [
        "first_step": .vector(runs.map(\.firstStep)), "rows": .vector(runs.map(\.rowCount)),
      ]
      map["samples"] = [
        "first_row": .vector(samples.map(\.rows.lowerBound)), "rows": .vector(samples.map(\.rows.count)),
        "digest": .bytes(samples.flatMap(\.digest)),
      ]
    }
    return .map(map)
  }

  fileprivate init(name: String, _ reader: StateReader) throws(StateTreeError) {
    self.init(name: name, rowCount: try reader.count("rows"))
    guard rowCount <= 1 << 40, ComponentPath.fault(in: name) == nil, !name.utf8.contains(UInt8(ascii: "/")) else {
      throw .invalidValue(path: "\(reader.path)", found: "\(rowCount) rows", expected: "a segment")
    }
    guard reader.map["runs"] != nil else { return }
    let runs = try reader.reader("runs")
    self.runs = try Self.pairs(runs, "first_step", "rows").map { SegmentRun(firstStep: $0, rowCount: $1) }
    let samples = try reader.reader("samples")
    guard case .bytes(let digests) = try samples.value("digest") else {
      throw .wrongType(path: "\(samples.path)/digest", expected: "bytes", found: try samples.value("digest").typeName)
    }
    let blocks = try Self.pairs(samples, "first_row", "rows")
    let size = SegmentSample.digestBytes
    let isWhole = Self.sum(self.runs.map(\.rowCount)) == rowCount
    guard isWhole, digests.count == blocks.count * size, !blocks.isEmpty,
      blocks.allSatisfy({ $0 >= 0 && $1 > 0 && $0 <= rowCount && $1 <= rowCount - $0 })
    else {
      throw .invalidValue(path: "\(reader.path)", found: "runs or samples of other rows", expected: "those of its rows")
    }
    self.samples = blocks.enumerated().map { index, block in
      SegmentSample(rows: block.0..<block.0 + block.1, digest: Array(digests[index * size..<(index + 1) * size]))
    }
  }

  /// The sum of counts; nil if there is one below 1 or the sum is beyond all counts.
  private static func sum(_ counts: [Int]) -> Int? {
    var sum = 0
    for count in counts {
      guard count > 0, count <= 1 << 40, sum <= 1 << 40 else { return nil }
      sum += count
    }
    return sum
  }

  private static func pairs(
    _ reader: StateReader, _ first: StateKey, _ second: StateKey
  ) throws(StateTreeError) -> [(Int, Int)] {
    let (firsts, seconds): ([Int64], [Int64]) = (try reader.vector(first), try reader.vector(second))
    guard firsts.count == seconds.count, (firsts + seconds).allSatisfy({ (0..<(1 << 60)).contains($0) }) else {
      throw .invalidValue(path: "\(reader.path)", found: "numbers out of range", expected: "pairs of counts")
    }
    return zip(firsts, seconds).map { (Int($0), Int($1)) }
  }
}

extension StateValue {
  fileprivate static func vector(_ numbers: [Int]) -> StateValue { .tensor(Tensor(vector: numbers.map(Int64.init))) }
}
