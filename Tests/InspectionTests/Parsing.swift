import BufferFiles
import ForeignFormats
import Foundation
import Inspection
import ReplayBuffers
import StateTree
import SystemPackage

/// The JSON of a report, read by Foundation.
func parsed(_ report: Report) throws -> [String: Any] {
  try parsed(JSONRendering().text(of: report))
}

/// JSON text, read by Foundation.
func parsed(_ text: String) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
}

/// A buffer of what a test says, to be written into a file.
struct Contents: BufferContents {
  var kind = "TestBuffer"
  var layout = BufferLayout.transitions
  var schema: BufferSchema
  var steps: [Int64]
  var columns: [Tensor]
  var saved: StateValue = [:]

  init(_ columns: [(String, Tensor)], saved: StateValue = [:]) throws {
    schema = try BufferSchema(
      columns.map { ColumnSchema($0.0, $0.1.dataType, shape: Array($0.1.shape.dropFirst())) })
    self.columns = columns.map(\.1)
    steps = (0..<(columns.first?.1.rowCount ?? 0)).map { Int64($0) }
    self.saved = saved
  }

  var rowCount: Int { steps.count }
  func state() -> StateValue { saved }
  func rows(_ range: Range<Int>) -> RowBatch {
    RowBatch(firstRow: range.lowerBound, steps: Array(steps[range]), columns: columns.map { $0.rows(range) })
  }
}

/// The file that holds `contents`, opened.
func file(_ contents: some BufferContents, in directory: FilePath, provenance: StateMap = [:]) throws -> FilePath {
  let path = directory.appending("buffer.msgpack.zst")
  try BufferFileWriter.write(contents, to: path, provenance: provenance)
  return path
}
