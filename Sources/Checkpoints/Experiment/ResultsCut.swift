internal import FileSystems
internal import StateTree
internal import SystemPackage

/// Cuts a file of results to an iteration: lines of later ones go, and so do lines that cannot be read, such as the torn
/// last one that a killed run leaves.
struct ResultsCut {
  /// The form of a file of results.
  enum Form {
    /// One JSON object a line, `result.json`.
    case lines
    /// A table with a header, `progress.csv`.
    case table
  }

  /// The most bytes of one line.
  static let lineLimit = 256 << 20
  /// The key or column with a line's iteration.
  static let column = "training_iteration"

  let path: FilePath
  let form: Form
  let iteration: Int
  let fileSystem: any FileSystem

  /// Whether there is anything to cut; false without a file.
  func isNeeded() throws(CheckpointError) -> Bool {
    guard try onFiles({ () throws(FileSystemError) in try fileSystem.exists(path) }) else { return false }
    let lines = try JudgedLines(self)
    while let line = try lines.next() {
      if !line.isKept { return true }
    }
    return false
  }

  /// Writes what stays so that it appears whole, or not at all.
  /// - Parameter destination: Where to; the file itself if nothing is said.
  func cut(to destination: FilePath? = nil) throws(CheckpointError) {
    let lines = try JudgedLines(self)
    var file: CommittedFile
    do { file = try CommittedFile(at: destination ?? path, on: fileSystem) } catch { throw .fileSystem(error) }
    while let line = try lines.next() {
      guard line.isKept else { continue }
      do { try file.append(line.bytes.span) } catch { throw .fileSystem(error) }
    }
    do { try file.commit() } catch { throw .fileSystem(error) }
  }
}

/// The lines of a file of results, their ends included, each with whether it stays.
private final class JudgedLines {
  private let pieces: FilePieces
  private let path: FilePath
  private var judge: LineJudge
  private var splitter: LineSplitter
  private var waiting: ArraySlice<[UInt8]> = []
  private var hasEnded = false

  init(_ cut: ResultsCut) throws(CheckpointError) {
    path = cut.path
    judge = LineJudge(form: cut.form, iteration: cut.iteration, path: cut.path)
    splitter = LineSplitter(allowsQuotedBreaks: cut.form == .table)
    let (path, fileSystem) = (cut.path, cut.fileSystem)
    pieces = try onFiles { () throws(FileSystemError) in try FilePieces(path, on: fileSystem) }
  }

  func next() throws(CheckpointError) -> (bytes: [UInt8], isKept: Bool)? {
    while waiting.isEmpty {
      guard !hasEnded else { return nil }
      guard let piece = try onFiles({ () throws(FileSystemError) in try pieces.next() }) else {
        hasEnded = true
        // A line without its end was torn off.
        return splitter.pending.isEmpty ? nil : (splitter.pending, false)
      }
      waiting = splitter.lines(adding: piece)[...]
      guard splitter.pending.count <= ResultsCut.lineLimit else {
        throw .invalidResults(path, reason: "a line has more than \(ResultsCut.lineLimit) bytes")
      }
    }
    let line = waiting.removeFirst()
    return (line, try judge.keeps(line))
  }
}

/// Divides bytes into lines.
struct LineSplitter {
  /// Whether a line break between double quotes belongs to the line, as in a table.
  let allowsQuotedBreaks: Bool
  /// The bytes of the line that has no end yet.
  private(set) var pending: [UInt8] = []
  private var isQuoted = false

  init(allowsQuotedBreaks: Bool) { self.allowsQuotedBreaks = allowsQuotedBreaks }

  /// The lines that are whole with these bytes, their ends included.
  mutating func lines(adding bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    for (index, byte) in bytes.enumerated() {
      if allowsQuotedBreaks, byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      guard byte == UInt8(ascii: "\n"), !isQuoted else { continue }
      lines.append(pending + bytes[start...index])
      pending = []
      start = index + 1
    }
    pending += bytes[start...]
    return lines
  }
}

/// Says which lines of results stay.
struct LineJudge {
  let form: ResultsCut.Form
  let iteration: Int
  let path: FilePath
  /// The number of the table's column, once its header was read.
  private var column: Int?

  init(form: ResultsCut.Form, iteration: Int, path: FilePath) {
    self.form = form
    self.iteration = iteration
    self.path = path
  }

  /// Whether a line stays.
  /// - Throws: `CheckpointError.invalidResults` for a table whose header does not name the column.
  mutating func keeps(_ line: [UInt8]) throws(CheckpointError) -> Bool {
    if line.allSatisfy({ [0x0A, 0x0D, 0x20].contains($0) }) { return true }
    if form == .table, column == nil {
      column = Self.fields(line).firstIndex(of: ResultsCut.column)
      guard column != nil else {
        throw .invalidResults(path, reason: "its header has no column \(ResultsCut.column)")
      }
      return true
    }
    guard let found = form == .lines ? Self.iteration(inLine: line) : iteration(inRow: line) else { return false }
    return found <= iteration
  }

  private static func iteration(inLine line: [UInt8]) -> Int? {
    guard let value = try? StateJSON.value(of: line), case .int(let number) = value[StateKey(ResultsCut.column)]
    else { return nil }
    return Int(number)
  }

  private func iteration(inRow line: [UInt8]) -> Int? {
    let fields = Self.fields(line)
    guard let column, fields.indices.contains(column) else { return nil }
    return Int(fields[column])
  }

  /// The fields of a row of a table; quotes around a field go, and doubled ones in it become one.
  /// - Source: RFC 4180
  static func fields(_ line: [UInt8]) -> [String] {
    var fields: [[UInt8]] = [[]]
    var isQuoted = false
    var wasQuote = false
    for byte in line where byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") {
      switch byte {
      case UInt8(ascii: "\""):
        if !isQuoted, wasQuote { fields[fields.count - 1].append(byte) }
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted: fields.append([])
      default: fields[fields.count - 1].append(byte)
      }
      wasQuote = byte == UInt8(ascii: "\"")
    }
    return fields.map { String(decoding: $0, as: UTF8.self) }
  }
}
