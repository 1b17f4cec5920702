internal import ReplayBuffers
public import StateTree

/// A file's rows and state, for everything that reads buffers.
extension BufferFile {
  /// The file as a buffer.
  /// - Throws: `BufferFileError.noRows` for a file that holds state alone.
  public func contents() throws(BufferFileError) -> FileContents { try FileContents(self) }

  /// From the smallest stored step number to one more than the largest.
  public var steps: Range<Int> { summary.steps }

  /// One column of the given steps, decompressing only the row groups that hold them.
  ///
  /// Steps that were evicted from between others are left out.
  /// - Shape: `[steps found] + column shape`
  /// - Throws: `BufferFileError.unknownColumn`, `.outOfRange`, or what is damaged.
  public func tensor(_ name: String, steps asked: Range<Int>? = nil) throws -> Tensor {
    let contents = try contents()
    let asked = asked ?? steps
    guard asked.lowerBound >= steps.lowerBound, asked.upperBound <= steps.upperBound else {
      throw BufferFileError.outOfRange(path, asked: asked, stored: steps)
    }
    guard let column = contents.schema.index(of: name) else {
      throw BufferFileError.unknownColumn(path, name: name, known: contents.schema.columns.map(\.name))
    }
    let schema = contents.schema.columns[column]
    var parts = [try Tensor(zeros: schema.dataType, shape: [0] + schema.shape)]
    for (number, entry) in try entries().enumerated() where entry.kind == .rows && entry.steps.overlaps(asked) {
      let batch = try contents.batch(entry, number: number)
      let wanted = batch.steps.indices.filter { batch.steps[$0] >= 0 && asked.contains(Int(batch.steps[$0])) }
      let isWhole = wanted.count == batch.count
      parts.append(isWhole ? batch.columns[column] : batch.columns[column].gathered(wanted))
    }
    return try Tensor(concatenating: parts)
  }

  /// One column of numbers of the given steps, row-major.
  /// - Throws: `BufferFileError.wrongDataType`, `.unknownColumn`, `.outOfRange`, or what is damaged.
  public func column<Scalar: TensorScalar>(
    _ name: String, as type: Scalar.Type = Scalar.self, rows steps: Range<Int>? = nil
  ) throws -> [Scalar] {
    let tensor = try tensor(name, steps: steps)
    guard tensor.dataType == Scalar.dataType else {
      throw BufferFileError.wrongDataType(path, column: name, expected: Scalar.dataType, found: tensor.dataType)
    }
    return try tensor.scalars()
  }
}
