import BufferFiles
import MessagePack
import StateTree
import Testing

@Suite("Two numbers are the same within max(atol, rtol * max(|a|, |b|))")
struct ToleranceTests {
  static let numbers: [Double] = [
    0, -0.0, 1, -1, 1.001, 0.999, 1e-9, -1e-9, 100, 100.5, 1e300, -1e300, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
  ]
  static let tolerances: [(Double, Double)] = [(1e-3, 0), (0, 1e-3), (0.5, 1e-3), (1e-12, 0.01), (2, 0), (0, 2), (1e-300, 0)]

  /// The rule, said in another way: infinities are the same as themselves alone, NaN is the same as NaN.
  private func isSame(_ a: Double, _ b: Double, _ absolute: Double, _ relative: Double) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN == b.isNaN }
    if a.isInfinite || b.isInfinite { return a == b }
    let distance = abs(a - b)
    return distance.isFinite && (distance <= absolute || distance <= relative * abs(a) || distance <= relative * abs(b))
  }

  @Test(arguments: tolerances) func `every pair of numbers`(absolute: Double, relative: Double) throws {
    for a in Self.numbers {
      for b in Self.numbers {
        let tolerance = Tolerance(absolute: absolute, relative: relative)
        let difference = TensorDifference(from: Tensor(vector: [a]), to: Tensor(vector: [b]), tolerance: tolerance)
        #expect((difference == nil) == isSame(a, b, absolute, relative), "\(a) and \(b)")
        let diff = StateDiff(from: .leaf(.float64(a)), to: .leaf(.float64(b)), tolerance: tolerance)
        #expect(diff.changes.isEmpty == isSame(a, b, absolute, relative), "\(a) and \(b)")
      }
    }
  }

  @Test func `without tolerance bits decide`() {
    for a in Self.numbers {
      for b in Self.numbers {
        let isSame = a.bitPattern == b.bitPattern
        #expect((TensorDifference(from: Tensor(vector: [a]), to: Tensor(vector: [b])) == nil) == isSame, "\(a) and \(b)")
        #expect(StateDiff(from: .leaf(.float64(a)), to: .leaf(.float64(b))).changes.isEmpty == isSame, "\(a) and \(b)")
      }
    }
  }

  @Test func `NaN can be made to differ from itself`() {
    let (nan, tolerance) = (Tensor(vector: [1, Double.nan]), Tolerance(nan: .different))
    #expect(TensorDifference(from: nan, to: nan, tolerance: tolerance)?.worst == 1)
    #expect(StateDiff(from: .leaf(.float32(.nan)), to: .leaf(.float32(.nan)), tolerance: tolerance).changes.count == 1)
    #expect(StateDiff(from: .leaf(.float32(.nan)), to: .leaf(.float32(.nan))).changes.isEmpty)
  }

  @Test func `integers are compared exactly at any size`() {
    let (a, b) = (Tensor(vector: [Int64.min, 5, Int64.max - 3]), Tensor(vector: [Int64.min, 7, Int64.max]))
    let difference = TensorDifference(from: a, to: b)
    #expect(difference?.differingCount == 2 && difference?.largest == 3 && difference?.worst == 2)
    #expect(TensorDifference(from: a, to: b, tolerance: .init(absolute: 2))?.differingCount == 1)
    #expect(TensorDifference(from: a, to: b, tolerance: .init(absolute: 3)) == nil)
    #expect(TensorDifference(from: a, to: b, tolerance: .init(relative: 0.3)) == nil)
    let change = StateDiff(from: .leaf(.int(1 << 53)), to: .leaf(.int(1 << 53 + 1))).changes.first
    #expect(change?.kind == .changed(old: "9007199254740992", new: "9007199254740993", distance: 1))
    #expect(StateDiff(from: .leaf(.int(-1)), to: .leaf(.unsigned(.max)), tolerance: .init(absolute: 10)).changes.count == 1)
  }

  @Test func `a difference names count, largest, where and the Euclidean length`() {
    let (a, b) = (Tensor(vector: [0, 1, 2, 3] as [Float]), Tensor(vector: [0, 4, 2, -1] as [Float]))
    let difference = TensorDifference(from: a, to: b)
    #expect(difference?.count == 4 && difference?.differingCount == 2 && difference?.largest == 4)
    #expect(difference?.worst == 3 && difference?.distance == 5)
    #expect(difference?.values.old == "3.0" && difference?.values.new == "-1.0")
    let endless = TensorDifference(from: a, to: Tensor(vector: [0, 1, .infinity, 3] as [Float]))
    #expect(endless?.largest == .infinity && endless?.distance == .infinity)
  }

  @Test func `what is no number differs by its bytes, without a distance`() throws {
    let type = try #require(DataType(name: "|S3"))
    let (a, b) = (try Tensor(type, shape: [2], bytes: Array("abcdef".utf8)), try Tensor(type, shape: [2], bytes: Array("abxdey".utf8)))
    let difference = TensorDifference(from: a, to: b, tolerance: .init(absolute: 100))
    #expect(difference?.differingCount == 2 && difference?.worst == 0 && difference?.largest == nil)
    #expect(difference?.distance == nil && difference?.values.old == "616263")
  }
}
