/// A table whose columns line up, fitted to a width: names are shortened, then the least important columns left out.
struct TextTable {
  /// Where the text of a column stands.
  enum Alignment { case left, right }

  /// One column.
  struct Column {
    /// What stands above it.
    var title: String
    /// Where its text stands; numbers stand on the right.
    var alignment = Alignment.left
    /// How narrow it may become; nil if it is never cut.
    var minimumWidth: Int?
    /// The column with the highest number goes first where there is no room; 0 never goes.
    var dispensability = 0
  }

  /// The columns from left to right.
  let columns: [Column]
  /// The rows, one text for each column.
  private(set) var rows: [[String]] = []

  /// A table without rows.
  init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row of one text for each column.
  mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has a cell for each column")
    rows.append(cells.map { TerminalText.shortened(TerminalText.escaped($0), to: Self.maximumCellWidth) })
  }

  /// What no cell exceeds, however wide the page.
  private static let maximumCellWidth = 400

  /// The table as lines of at most `width` columns, and the titles of those left out.
  func laidOut(width: Int) -> (head: String, rows: [String], omitted: [String]) {
    var layout = Layout(self)
    layout.fit(width)
    let titles = columns.map(\.title)
    let head = titles.allSatisfy(\.isEmpty) ? "" : layout.line(titles)
    let omitted = columns.indices.filter { !layout.shown.contains($0) }.map { titles[$0] }
    return (head, rows.map { layout.line($0) }, omitted)
  }
}

extension TextTable {
  /// Which columns are shown and how wide each is.
  private struct Layout {
    static let gap = 2

    let columns: [Column]
    let natural: [Int]
    var widths: [Int]
    var shown: [Int]

    init(_ table: TextTable) {
      columns = table.columns
      natural = table.columns.indices.map { index in
        table.rows.reduce(TerminalText.width(table.columns[index].title)) { max($0, TerminalText.width($1[index])) }
      }
      widths = natural
      shown = Array(table.columns.indices)
    }

    private var total: Int { shown.reduce(0) { $0 + widths[$1] } + Self.gap * max(0, shown.count - 1) }

    private func least(_ index: Int) -> Int { min(columns[index].minimumWidth ?? natural[index], natural[index]) }

    /// Leaves columns out until the others fit when they are as narrow as they may be, then narrows them.
    mutating func fit(_ width: Int) {
      var needed = shown.reduce(-Self.gap) { $0 + least($1) + Self.gap }
      let order = shown.filter { columns[$0].dispensability > 0 }
        .sorted { (columns[$0].dispensability, $0) > (columns[$1].dispensability, $1) }
      var omitted: Set<Int> = []
      for index in order where needed > width {
        needed -= least(index) + Self.gap
        omitted.insert(index)
      }
      shown.removeAll { omitted.contains($0) }
      shrink(to: width)
    }

    private mutating func shrink(to width: Int) {
      for _ in 0..<max(0, total - width) {
        // The widest gives first, so that none is cut while another has more to give.
        let candidates = shown.filter { widths[$0] > least($0) }
        guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
        widths[widest] -= 1
      }
    }

    func line(_ cells: [String]) -> String {
      var line = ""
      for (position, index) in shown.enumerated() {
        if position > 0 { line += String(repeating: " ", count: Self.gap) }
        let text = TerminalText.shortened(cells[index], to: widths[index])
        line += TerminalText.padded(text, to: widths[index], onTheLeft: columns[index].alignment == .right)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
