/// Where zstd is to begin a block in the record of a row group: where the data of a column begins and where it ends.
///
/// A block has one set of tables for its literals and offsets. Left alone, zstd ends blocks every 128 KiB, so that the end
/// of one column, the text between and the beginning of the next share theirs, and the shorter columns of a row group are
/// never alone. Rows of images gain nothing from it and would pay with a copy of their content.
/// - Source: `Format.md`, "rows"; `FrameCompressor.compress(_:blocksAt:appendingTo:)`.
struct ColumnBlocks {
  /// The fewest bytes of data that are worth tables of their own, which take about a hundred.
  static let leastData = 4_096

  private let isWorthwhile: Bool
  private var places: [Int] = []

  /// No place yet.
  /// - Parameter rowBytes: The bytes of one row over all columns.
  init(rowBytes: Int) { isWorthwhile = FormatLimits.areSmall(rowBytes: rowBytes) }

  /// Takes note of a column.
  /// - Parameter data: Where in the record its data lies, behind that of the columns before it.
  mutating func add(data: Range<Int>) {
    guard isWorthwhile, data.count >= Self.leastData else { return }
    places += [data.lowerBound, data.upperBound]
  }

  /// The places, ascending, all inside the record.
  func starts(recordBytes: Int) -> [Int] { places.filter { $0 < recordBytes } }
}
