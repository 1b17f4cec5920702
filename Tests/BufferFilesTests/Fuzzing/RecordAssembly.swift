import MessagePack
import StateTree
import Zstandard

@testable import BufferFiles

/// Makes a file of records: their frames, the seek table, and places and digests in index and summary that are those of
/// the frames, so that what a fuzzer changes in a record is not stopped by a digest.
struct RecordAssembly {
  /// What is made right besides the frames themselves.
  struct Options: OptionSet {
    let rawValue: UInt8
    /// The frames are compressed, the summary's too, instead of stored.
    static let compressed = Options(rawValue: 2)
    /// The index keeps the places and digests that it has.
    static let indexAsItIs = Options(rawValue: 4)
  }

  private var frames: [[UInt8]] = []
  private var table: [SeekTable.Entry] = []
  private var offset = 0
  /// Header, rows and state, and the frames of the index.
  private var listed: [FileSummary.FrameReference] = []
  private var recordBytes: [Int] = []
  private var index: [FileSummary.FrameReference] = []

  /// The file of the records that follow each other in `bytes`; what is no MessagePack becomes a record all the same.
  static func file(of bytes: [UInt8], _ options: Options) throws -> [UInt8] {
    var assembly = RecordAssembly()
    var compressor = try FrameCompressor()
    for record in split(bytes) {
      let record = assembly.corrected(record, options)
      let isStored = !options.contains(.compressed)
      assembly.append(try isStored ? compressor.stored(record.span) : compressor.compress(record.span), of: record)
    }
    return assembly.frames.flatMap { $0 } + (try SeekTable(entries: assembly.table).encoded())
  }

  /// One record after another; behind damage the next one begins where a map has `kind` as its first key.
  private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
    var (records, rest): ([[UInt8]], ArraySlice<UInt8>) = ([], bytes[...])
    while !rest.isEmpty, records.count < 64 {
      var reader = MessagePackReader(Array(rest))
      var count = (try? reader.next()) != nil ? reader.offset : 0
      if count == 0 { count = distanceToNextRecord(rest) }
      records.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return records
  }

  private static func distanceToNextRecord(_ bytes: ArraySlice<UInt8>) -> Int {
    let mark = [0xa4] + Array("kind".utf8)
    let next = bytes.indices.dropFirst().first { bytes[$0] & 0xf0 == 0x80 && bytes[($0 + 1)...].starts(with: mark) }
    return (next ?? bytes.endIndex) - bytes.startIndex
  }

  private mutating func append(_ frame: [UInt8], of record: [UInt8]) {
    guard let entry = try? SeekTable.Entry(describing: frame.span) else { return }
    let reference = FileSummary.FrameReference(
      offset: offset, compressedBytes: frame.count, sha256: FrameDigest.of(frame))
    switch try? StateValue(decoding: record)["kind"] {
    case .string("index"): index.append(reference)
    case .string("summary"): break
    default:
      listed.append(reference)
      recordBytes.append(record.count)
    }
    frames.append(frame)
    table.append(entry)
    offset += frame.count
  }

  private func corrected(_ record: [UInt8], _ options: Options) -> [UInt8] {
    guard var value = try? StateValue(decoding: record), case .string(let kind)? = value["kind"] else { return record }
    if kind == "index", !options.contains(.indexAsItIs) { correctIndex(&value) }
    if kind == "summary" { correctSummary(&value) }
    return (try? value.encoded()) ?? record
  }

  private func correctIndex(_ value: inout StateValue) {
    guard value["frames"] != nil else { return }
    let columns: [(StateKey, [Int])] = [
      ("offset", listed.map(\.offset)), ("compressed_bytes", listed.map(\.compressedBytes)), ("bytes", recordBytes),
    ]
    for (key, numbers) in columns { value.set(["frames", key], to: .tensor(Tensor(vector: numbers.map(Int64.init)))) }
    value.set(["frames", "sha256"], to: .tensor(Tensor(vector: listed.flatMap(\.sha256))))
  }

  private func correctSummary(_ value: inout StateValue) {
    if let header = listed.first { value.set(["header"], to: Self.state(header)) }
    value.set(["index"], to: .array(index.map(Self.state)))
    value.set(["frames"], to: .integer(listed.count))
  }

  private static func state(_ reference: FileSummary.FrameReference) -> StateValue {
    [
      "offset": .integer(reference.offset), "compressed_bytes": .integer(reference.compressedBytes),
      "sha256": .bytes(reference.sha256),
    ]
  }
}

extension StateValue {
  /// Changes the value at a path of maps.
  mutating func set(_ path: StatePath, to value: StateValue?) {
    guard case .map(var map) = self, let key = path.keys.first else { return }
    if path.keys.count == 1 {
      map[key] = value
    } else {
      var child = map[key] ?? .nil
      child.set(StatePath(Array(path.keys.dropFirst())), to: value)
      map[key] = child
    }
    self = .map(map)
  }
}
