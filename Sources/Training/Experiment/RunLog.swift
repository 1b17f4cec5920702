internal import Checkpoints
internal import FileSystems
internal import StateTree
internal import SystemPackage

/// Writes `params.json`, `result.json` and `progress.csv` of an experiment.
///
/// Lines are appended and synced once an iteration, which costs a fraction of one. A line that a kill tore in two is cut
/// off when the files are opened again.
/// - Source: Tune's `logger/json.py` and `logger/csv.py`. Deviation: a column that appears later is not dropped; the
///   table is written anew with the wider header, and older lines are empty there.
struct RunLog: Sendable {
  /// The most that `progress.csv` may be to be written anew with another header.
  static let maximumTableBytes = 1 << 30

  let layout: ExperimentLayout
  let fileSystem: any FileSystem
  private var columns: [String] = []

  /// Opens the files of an experiment, cutting off torn lines; they need not be there.
  /// - Throws: `TrainingError.fileSystem`.
  init(_ layout: ExperimentLayout, on fileSystem: any FileSystem) throws(TrainingError) {
    self.layout = layout
    self.fileSystem = fileSystem
    do throws(FileSystemError) {
      try Self.cutTornLine(of: layout.results, on: fileSystem)
      try Self.cutTornLine(of: layout.progress, on: fileSystem)
      columns = try readHeader()
    } catch {
      throw .fileSystem(error)
    }
  }

  /// Writes `params.json`, complete or not at all.
  /// - Throws: `CheckpointError.notJSON`, `TrainingError.fileSystem`.
  func write(parameters: StateMap) throws {
    let text = try StateJSON.text(of: .map(parameters), layout: .indented, nonFinite: .python) + "\n"
    let bytes = Array(text.utf8)
    do { try fileSystem.commit(bytes.span, to: layout.parameters) } catch { throw TrainingError.fileSystem(error) }
  }

  /// Appends a result to both files; of a tensor, such as a picture, its type and shape.
  /// - Throws: `CheckpointError.notJSON` for bytes in it, `TrainingError.fileSystem`.
  mutating func append(_ result: TrainingResult) throws {
    let result = result.withTensorsDescribed
    let line = try StateJSON.text(of: .map(result.values), layout: .line, nonFinite: .python) + "\n"
    do throws(FileSystemError) {
      try append(line, to: layout.results)
      try appendRow(result.flattened())
    } catch {
      throw TrainingError.fileSystem(error)
    }
  }

  private mutating func appendRow(_ values: [(path: String, value: StateValue)]) throws(FileSystemError) {
    let cells = values.map { (path: CSVText.inOneLine($0.path), value: $0.value) }
    let new = cells.map(\.path).filter { !columns.contains($0) }
    if !new.isEmpty {
      let old = columns.isEmpty ? [] : try rows()
      columns += new
      let padding = String(repeating: ",", count: new.count)
      let text = ([CSVText.line(columns)] + old.map { $0 + padding }).map { $0 + "\n" }.joined()
      try fileSystem.commit(Array(text.utf8).span, to: layout.progress)
    }
    let byPath = Dictionary(cells.map { ($0.path, $0.value) }) { $1 }
    try append(CSVText.line(columns.map { byPath[$0].map(CSVText.cell) ?? "" }) + "\n", to: layout.progress)
  }

  private func append(_ text: String, to path: FilePath) throws(FileSystemError) {
    let bytes = Array(text.utf8)
    let file = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.openForAppending(path) }
    do {
      try fileSystem.writeAll(bytes.span, to: file)
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.sync(file) }
    } catch {
      try? fileSystem.closeOnce(file)
      throw error
    }
    try fileSystem.closeOnce(file)
  }

  /// The lines behind the header.
  private func rows() throws(FileSystemError) -> [String] {
    let bytes = try fileSystem.readAll(layout.progress, limit: Self.maximumTableBytes)
    return bytes.split(separator: UInt8(ascii: "\n")).dropFirst().map { String(decoding: $0, as: UTF8.self) }
  }

  private func readHeader() throws(FileSystemError) -> [String] {
    guard try Self.size(of: layout.progress, on: fileSystem) != nil else { return [] }
    let bytes = try fileSystem.readAll(layout.progress, limit: Self.maximumTableBytes)
    let header = bytes.prefix { $0 != UInt8(ascii: "\n") }
    return header.isEmpty ? [] : CSVText.cells(String(decoding: header, as: UTF8.self))
  }

  private static func size(of path: FilePath, on fileSystem: any FileSystem) throws(FileSystemError) -> Int? {
    do {
      return Int(
        try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: path).byteCount })
    } catch {
      if error.code == .noSuchFileOrDirectory { return nil }
      throw error
    }
  }

  /// Cuts what follows the last line feed.
  private static func cutTornLine(of path: FilePath, on fileSystem: any FileSystem) throws(FileSystemError) {
    guard let size = try size(of: path, on: fileSystem), size > 0 else { return }
    let bytes = try fileSystem.readAll(path, limit: max(size, maximumTableBytes))
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    guard whole < bytes.count else { return }
    let file = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.openForAppending(path) }
    do {
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.truncate(file, to: Int64(whole)) }
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.sync(file) }
    } catch {
      try? fileSystem.closeOnce(file)
      throw error
    }
    try fileSystem.closeOnce(file)
  }
}

/// Cells of a table as Python's `csv` writes them, with `nan` and `inf` as Tune's tables have them.
enum CSVText {
  /// Cells with commas between them, quoted where they must be.
  static func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") }

  /// A value as a cell.
  static func cell(_ value: StateValue) -> String {
    switch value {
    case .nil: ""
    case .bool(let value): value ? "True" : "False"
    case .double(let value) where value.isNaN: "nan"
    case .double(let value) where value.isInfinite: value < 0 ? "-inf" : "inf"
    case .string(let value): inOneLine(value)
    default: JSONText.line(value)
    }
  }

  /// The text with a space for every line break, so that a line of the file is a line of the table.
  static func inOneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return cell }
    return "\"" + cell.flatMap { $0 == "\"" ? "\"\"" : String($0) } + "\""
  }

  /// The cells of a line.
  static func cells(_ line: String) -> [String] {
    var cells = [""]
    var (isQuoted, wasQuote) = (false, false)
    for character in line {
      defer { wasQuote = character == "\"" }
      switch character {
      case "\"":
        if !isQuoted, wasQuote { cells[cells.count - 1].append(character) }
        isQuoted.toggle()
      case "," where !isQuoted: cells.append("")
      default: cells[cells.count - 1].append(character)
      }
    }
    return cells
  }
}
