public import ReplayBuffers
public import StateTree

/// A file's rows, for everything that reads buffers.
extension BufferFile {
  /// The file as a buffer.
  /// - Throws: `BufferFileError.noRows` for a file that holds state alone.
  public func contents() throws(BufferFileError) -> FileContents { try FileContents(self) }

  /// From the smallest stored step number to one more than the largest.
  public var steps: Range<Int> { summary.steps }

  /// One column of the given steps, decompressing only the row groups that hold them.
  ///
  /// Steps that were evicted from between others are left out. Holds the result and at most 64 MiB besides.
  /// - Shape: `[steps found] + column shape`
  /// - Throws: `BufferFileError.unknownColumn`, `.outOfRange`, `.tooLargeForMemory`, or what is damaged.
  public func tensor(_ name: String, steps asked: Range<Int>? = nil) throws -> Tensor {
    let contents = try contents()
    guard let index = contents.schema.index(of: name) else {
      throw BufferFileError.unknownColumn(path, name: name, known: contents.schema.columns.map(\.name))
    }
    let (column, groups) = (contents.schema.columns[index], try rowGroups(holding: asked))
    let rows = try entries(groups).reduce(0) { $0 + $1.rows.count }
    var (bytes, count) = (try Allocation.array(ofBytes: rows, times: column.rowBytes, for: path), 0)
    try contents.work(
      on: groups, { batch in batch.columns[index].rows(batch.positions(of: asked), of: batch.count) },
      take: { part in
        bytes.append(contentsOf: part.bytes)
        count += part.rowCount
      })
    return try Tensor(column.dataType, shape: [count] + column.shape, bytes: bytes)
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

  /// All columns of one episode, counted from 0 in the order of the file, decompressing only the row groups that hold it
  /// and the table of episodes.
  /// - Shape: `[length + 1]` rows, the last one with the final observation only.
  /// - Throws: `BufferFileError.noEpisodes` for a file without a table of episodes, `.outOfRange`, or what is damaged.
  public func episode(_ number: Int) throws -> RowBatch {
    let episodes = try episodeTable().episodes
    guard episodes.indices.contains(number) else {
      throw BufferFileError.outOfRange(path, asked: number..<number + 1, stored: 0..<episodes.count)
    }
    return try contents().rows(episodes[number].rows)
  }

  /// The table of episodes, decompressing only the frames of state that hold it.
  /// - Throws: `BufferFileError.noEpisodes` for a file without one, or what is damaged.
  public func episodeTable() throws -> EpisodeTable {
    guard let state = try state(at: ["episodes"]) else { throw BufferFileError.noEpisodes(path) }
    return try EpisodeTable(state: StateReader(state, at: ["episodes"]))
  }

  /// The numbers of the row groups with any of the steps.
  private func rowGroups(holding asked: Range<Int>?) throws(BufferFileError) -> [Int] {
    let entries = try entries()
    guard let asked else { return entries.indices.filter { entries[$0].kind == .rows } }
    guard asked.lowerBound >= steps.lowerBound, asked.upperBound <= steps.upperBound else {
      throw .outOfRange(path, asked: asked, stored: steps)
    }
    return entries.indices.filter { entries[$0].kind == .rows && entries[$0].steps.overlaps(asked) }
  }

  private func entries(_ numbers: [Int]) throws(BufferFileError) -> [FrameEntry] {
    let entries = try entries()
    return numbers.map { entries[$0] }
  }
}

extension RowBatch {
  /// The positions of the rows with the steps asked for, or with any step.
  fileprivate func positions(of asked: Range<Int>?) -> [Int] {
    steps.indices.filter { steps[$0] >= 0 && asked?.contains(Int(steps[$0])) != false }
  }
}

extension Tensor {
  /// Some rows, or the tensor itself if these are all of its `count` rows.
  fileprivate func rows(_ positions: [Int], of count: Int) -> Tensor {
    positions.count == count ? self : gathered(positions)
  }
}
