internal import StateTree

/// Rows in numbered slots that may be overwritten, in copy-on-write pages of about 64 KiB.
///
/// A copy shares all pages; overwriting a slot afterwards copies its page first. So a copy is a snapshot. A page takes no
/// memory before one of its slots is written. In a page the columns of a row lie one behind the other, so that one cache
/// miss brings them all. Pages are smaller than the chunks of a `ChunkLog` because slots are overwritten at random: while
/// a snapshot is held, each page that is hit is copied once.
struct SlotTable: Sendable {
  /// The size that a page is planned for; a larger row has a page of its own.
  /// - Units: bytes.
  static let pageBytes = 64 << 10

  /// The rows of as many slots as a page has.
  private struct Page: Sendable {
    /// The step number of each row. Empty, as `bytes` is, before the first row is written.
    var steps: [Int] = []
    var bytes: [UInt8] = []
  }

  let columns: [ColumnSchema]
  /// Where each column begins in a row.
  /// - Units: bytes.
  private let offsets: [Int]
  private let rowBytes: Int
  /// The binary logarithm of the rows of a page.
  private let shift: Int
  private var pages: [Page] = []
  /// How many slots there are.
  private(set) var count = 0

  /// A table without slots.
  init(_ columns: [ColumnSchema]) {
    self.columns = columns
    var end = 0
    offsets = columns.map { column in
      defer { end += column.rowBytes }
      return end
    }
    rowBytes = end
    shift = Int.bitWidth - 1 - max(1, Self.pageBytes / max(1, end)).leadingZeroBitCount
  }

  /// How many rows a page holds, a power of two.
  var rowsPerPage: Int { 1 << shift }
  /// How many pages there are.
  var pageCount: Int { pages.count }

  /// Lets there be at least `count` slots. A new one holds step 0 and zeros until it is written.
  mutating func extend(to count: Int) {
    let missing = (count + rowsPerPage - 1) >> shift - pages.count
    if missing > 0 { pages.append(contentsOf: repeatElement(Page(), count: missing)) }
    self.count = max(self.count, count)
  }

  /// The step number of the row in a slot.
  /// - Precondition: The slot is in the table.
  func step(_ slot: Int) -> Int {
    precondition(slot < count, "slot \(slot) of \(count)")
    let steps = pages[slot >> shift].steps
    return steps.isEmpty ? 0 : steps[slot & (rowsPerPage - 1)]
  }

  /// The step number of the row in each slot.
  /// - Complexity: O(slots)
  func steps() -> [Int] { (0..<count).map(step) }

  /// Writes a row into a slot, in place of what was there.
  /// - Parameter sources: One tensor a column, each with the row at number `row`.
  /// - Precondition: The slot is in the table, and the tensors have the columns' row sizes.
  mutating func write(_ slot: Int, step: Int, row: Int, of sources: [Tensor]) {
    precondition(slot < count && sources.count == columns.count, "a row for slot \(slot) of \(count)")
    let (page, place) = (slot >> shift, slot & (rowsPerPage - 1))
    if pages[page].steps.isEmpty {
      pages[page].steps = [Int](repeating: 0, count: rowsPerPage)
      pages[page].bytes = [UInt8](repeating: 0, count: rowsPerPage * rowBytes)
    }
    pages[page].steps[place] = step
    for (index, source) in sources.enumerated() {
      let (start, size) = (place * rowBytes + offsets[index], columns[index].rowBytes)
      pages[page].bytes.replaceSubrange(start..<start + size, with: source.bytes[row * size..<(row + 1) * size])
    }
  }

  /// The rows of slots, column by column, in the order asked for.
  /// - Shape: `[slots.count] + column shape` each
  /// - Precondition: The slots are in the table and were written.
  /// - Complexity: O(slots)
  func gather(_ slots: [Int]) -> [Tensor] {
    columns.indices.map { index in
      let (offset, size) = (offsets[index], columns[index].rowBytes)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(slots.count * size)
      for slot in slots {
        let start = (slot & (rowsPerPage - 1)) * rowBytes + offset
        bytes.append(contentsOf: pages[slot >> shift].bytes[start..<start + size])
      }
      return columns[index].rows(slots.count, bytes)
    }
  }
}
