import ReplayBuffers
import StateTree
import Testing

@testable import BufferFiles

@Suite struct StatisticsTests {
  private static let types: [DataType] = [
    .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32, .float64,
  ]

  /// The definition, number by number.
  private func expectNaive(_ statistics: ColumnStatistics?, _ tensor: Tensor) throws {
    let found = try #require(statistics)
    let all =
      try tensor.dataType == .uint64
      ? tensor.scalars(as: UInt64.self).map { Double($0) } : #require(tensor.doubles())
    let finite = all.filter(\.isFinite)
    let ordered = all.filter { !$0.isNaN }
    #expect(found.count == all.count)
    #expect(found.nanCount == all.count(where: \.isNaN))
    #expect(found.infiniteCount == all.count(where: \.isInfinite))
    #expect(found.minimum?.double == ordered.min())
    #expect(found.maximum?.double == ordered.max())
    let mean = finite.isEmpty ? 0 : finite.reduce(0, +) / Double(finite.count)
    let squares = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(found.mean - mean) <= 1e-12 * max(1, abs(mean)))
    #expect(abs(found.squaredDistances - squares) <= 1e-9 * max(1, squares))
    var histogram = Histogram()
    histogram.add(all)
    if all.count <= ColumnStatistics.samplesPerBatch { #expect(found.histogram == histogram) }
  }

  @Test("statistics are those of the definition, for every type and length", arguments: types)
  func definition(_ type: DataType) throws {
    var random = PCG64(seed: 11)
    for count in [0, 1, 2, 3, 4, 5, 7, 8, 1_023, 1_025, 5_000] {
      let bytes = (0..<count * type.itemBytes).map { _ in UInt8(truncatingIfNeeded: random.next() >> 7) }
      let isWide = type == .float64 || type == .float32  // any bits: sums beyond what a double holds
      let values = isWide ? try moderate(type, count, &random) : try Tensor(type, shape: [count], bytes: bytes)
      try expectNaive(ColumnStatistics(of: values), values)
    }
  }

  private func moderate(_ type: DataType, _ count: Int, _ random: inout PCG64) throws -> Tensor {
    let values = (0..<count).map { index in
      index % 97 == 5 ? [Double.nan, .infinity, -.infinity, -0.0][index % 4] : random.uniform(in: -100..<100)
    }
    return type == .float64 ? Tensor(vector: values) : Tensor(vector: values.map(Float.init))
  }

  @Test("the exact ends of 64-bit integers")
  func exactBounds() {
    let signed = ColumnStatistics(of: Tensor(vector: [Int64.min, .max, .max - 1]))
    #expect(signed?.minimum == .int(.min) && signed?.maximum == .int(.max))
    let unsigned = ColumnStatistics(of: Tensor(vector: [UInt64.max, UInt64(Int64.max) + 1, 3]))
    #expect(unsigned?.minimum == .int(3) && unsigned?.maximum == .unsigned(.max))
  }

  @Test("columns of infinities and NaN alone")
  func notFinite() {
    let nan = ColumnStatistics(of: Tensor(vector: [Double.nan, .nan]))
    #expect(nan?.minimum == nil && nan?.maximum == nil && nan?.nanCount == 2 && nan?.standardDeviation == nil)
    let one = ColumnStatistics(of: Tensor(vector: [Float.infinity, .nan]))
    #expect(one?.minimum == .double(.infinity) && one?.maximum == .double(.infinity))
    let both = ColumnStatistics(of: Tensor(vector: [Double.infinity, -.infinity, 2]))
    #expect(both?.minimum == .double(-.infinity) && both?.maximum == .double(.infinity) && both?.mean == 2)
  }

  @Test("huge numbers have a mean, and no statistic is NaN")
  func huge() throws {
    let top = Double.greatestFiniteMagnitude
    for values in [
      [top, top, top], [top, -top], [1e308, 1e308, -1e308], [.leastNonzeroMagnitude, 1e308], [1e200, 3],
    ] {
      let whole = try #require(ColumnStatistics(of: Tensor(vector: values)))
      #expect(whole.mean.isFinite && !whole.squaredDistances.isNaN)
      var merged = ColumnStatistics()
      for value in values { merged.merge(try #require(ColumnStatistics(of: Tensor(vector: [value])))) }
      #expect(merged.mean.isFinite && !merged.squaredDistances.isNaN)
      #expect(merged.histogram == whole.histogram)
    }
    #expect(ColumnStatistics(of: Tensor(vector: [top, top]))?.mean == top)
  }

  @Test("zeros are stored without their sign, whichever came first")
  func zeros() {
    for values in [[0.0, -0.0], [-0.0, 0.0], [-0.0]] {
      let bound = ColumnStatistics(of: Tensor(vector: values))?.minimum
      #expect(bound?.double.sign == .plus)
    }
  }

  @Test("merging batches is as good as looking at all", arguments: 0..<20)
  func merging(_ seed: UInt64) throws {
    var random = PCG64(seed: seed)
    let values = (0..<3_000).map { _ in random.uniform(in: 999_999..<1_000_001) }
    var merged = ColumnStatistics()
    for start in stride(from: 0, to: values.count, by: 700) {
      merged.merge(try #require(ColumnStatistics(of: Tensor(vector: Array(values[start..<min(start + 700, 3_000)])))))
    }
    let whole = try #require(ColumnStatistics(of: Tensor(vector: values)))
    #expect(merged.minimum == whole.minimum && merged.maximum == whole.maximum && merged.count == whole.count)
    #expect(abs(merged.mean - whole.mean) < 1e-9)
    #expect(abs(merged.squaredDistances - whole.squaredDistances) < 1e-6 * whole.squaredDistances)
    #expect(merged.histogram == whole.histogram)
  }

  @Test("the sample of a histogram meets every component of a row", arguments: [2, 3, 4, 6, 12, 28_224])
  func sample(_ width: Int) throws {
    let count = 200_000 / width + 5
    let tensor = try Tensor(zeros: .uint8, shape: [count, width])
    let spacing = ColumnStatistics.sampleSpacing(tensor)
    #expect((count * width + spacing - 1) / spacing <= ColumnStatistics.samplesPerBatch)
    let met = Set(stride(from: 0, to: count * width, by: spacing).map { $0 % width })
    #expect(met.count == min(width, (count * width + spacing - 1) / spacing))
  }

  @Test("complex and opaque columns have no statistics")
  func unordered() throws {
    #expect(ColumnStatistics(of: try Tensor(zeros: .complex64, shape: [3])) == nil)
    #expect(ColumnStatistics(of: try Tensor(zeros: try #require(DataType(name: "<U3")), shape: [3])) == nil)
  }
}

@Suite struct EpisodeStatisticsTests {
  @Test("returns and lengths of transitions, cut in batches anywhere", arguments: [1, 3, 7, 1_000])
  func transitions(_ batchSize: Int) throws {
    let schema = try BufferSchema([
      ColumnSchema("rewards", .float32), ColumnSchema("terminateds", .bool), ColumnSchema("truncateds", .bool),
    ])
    let rewards: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
    let ends = [false, true, false, false, false, true, false, false]
    let cuts = [false, false, false, true, false, true, false, false]
    var accumulator = EpisodeAccumulator(layout: .transitions, schema: schema)
    let all = RowBatch(
      firstRow: 0, steps: Array(0..<8), columns: [Tensor(vector: rewards), Tensor(vector: ends), Tensor(vector: cuts)])
    for start in stride(from: 0, to: 8, by: batchSize) { accumulator.add(all.part(start..<min(8, start + batchSize))) }
    #expect(accumulator.returns == [3, 7, 11])
    #expect(accumulator.lengths == [2, 2, 2])
    let statistics = try #require(accumulator.statistics(nil))
    #expect(statistics.count == 3)
    #expect((statistics.terminatedCount, statistics.truncatedCount, statistics.openCount) == (2, 1, 1))
    #expect(statistics.returns.mean == 7)
  }

  @Test(arguments: [1, 2, 5, 1_000])
  func `an episode with a hole has no return, and the one after it has, cut anywhere`(batchSize: Int) throws {
    let schema = try BufferSchema([
      ColumnSchema("rewards", .float32), ColumnSchema("terminateds", .bool), ColumnSchema("truncateds", .bool),
    ])
    // Ends at 4, 9, 11, 20, 22 and 31; missing are 6 and 7 inside the second, 12 before the fourth, 23 to 29 before 30.
    let steps: [Int64] = [2, 3, 4, 5, 8, 9, 10, 11, 13, 20, 21, 22, 30, 31, 32]
    let ends: Set<Int64> = [4, 9, 11, 20, 22, 31]
    let batch = RowBatch(
      firstRow: 0, steps: steps,
      columns: [
        Tensor(vector: steps.map { Float($0) }), Tensor(vector: steps.map(ends.contains)),
        Tensor(vector: steps.map { _ in false }),
      ])
    var accumulator = EpisodeAccumulator(layout: .transitions, schema: schema)
    for start in stride(from: 0, to: batch.count, by: batchSize) {
      accumulator.add(batch.part(start..<min(batch.count, start + batchSize)))
    }
    #expect(accumulator.returns == [9, 21, 43])
    #expect(accumulator.lengths == [3, 2, 2])
    let statistics = try #require(accumulator.statistics(nil))
    #expect((statistics.terminatedCount, statistics.truncatedCount, statistics.openCount) == (3, 0, 1))
  }

  @Test("episodes with a table: how they ended comes from the table")
  func table() throws {
    let contents = try MemoryContents.episodes(lengths: [3, 1, 0, 12, 4])
    var accumulator = EpisodeAccumulator(layout: .episodes, schema: contents.schema)
    accumulator.add(contents.batch)
    #expect(accumulator.lengths == [3, 1, 0, 12, 4])
    #expect(accumulator.statistics(nil) == nil)
    let table = try EpisodeTable(state: StateReader(try #require(contents.stored["episodes"])))
    let statistics = try #require(accumulator.statistics(table))
    #expect((statistics.terminatedCount, statistics.truncatedCount, statistics.openCount) == (2, 2, 1))
    #expect(statistics.returns.maximum == .double(16.5))
  }

  @Test("without both flags, or with flags that are no flags, there are no episodes")
  func noFlags() throws {
    let schema = try BufferSchema([
      ColumnSchema("rewards", .float32), ColumnSchema("terminateds", .bool, shape: [0]),
      ColumnSchema("truncateds", .bool),
    ])
    var accumulator = EpisodeAccumulator(layout: .transitions, schema: schema)
    accumulator.add(
      RowBatch(
        firstRow: 0, steps: [0],
        columns: [Tensor(vector: [1] as [Float]), try Tensor(zeros: .bool, shape: [1, 0]), Tensor(vector: [true])]))
    #expect(accumulator.statistics(nil) == nil)
  }
}
