internal import StateTree

/// How much the index of one file may still list, checked before memory is taken for it.
///
/// A compressed record of a few hundred bytes can list a hundred thousand frames, and a column without order takes one
/// byte of it, however many row groups there are. What a file really holds takes bytes of it elsewhere.
struct IndexBudget {
  private var frames = FormatLimits.frames
  private var statistics: Int

  /// The budget of a file of so many bytes.
  init(fileBytes: Int) { statistics = max(FormatLimits.valuesPerRecord, fileBytes) }

  /// Takes what one record lists.
  mutating func take(frames count: Int, rowGroups: Int, columns: Int) throws(StateTreeError) {
    guard count >= 1, count <= frames else {
      throw .invalidValue(path: "index/frames", found: "\(count) frames", expected: "1 to \(frames)")
    }
    guard columns <= FormatLimits.columns, columns * rowGroups <= statistics else {
      throw .invalidValue(
        path: "index/columns", found: "\(columns) columns of \(rowGroups) row groups",
        expected: "at most \(FormatLimits.columns) columns and \(statistics) of both multiplied")
    }
    frames -= count
    statistics -= columns * rowGroups
  }
}
