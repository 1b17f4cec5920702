/// Loops over blocks of numbers. Each gives the same bits in every run and on every processor of one kind of
/// instructions: sums have a fixed order, and no function of the C library is called.
enum Kernels {
  /// Numbers that are added up side by side.
  private typealias Lanes = SIMD8<Float>

  // Every pointer below comes from an array that was checked to be long enough right before.

  /// Adds to each row of `count` numbers its bias and applies the activation.
  static func activate(
    _ numbers: inout [Float], count: Int, adding parameters: [Float], _ biases: Range<Int>, _ activation: Activation
  ) {
    precondition(parameters.indices.contains(biases) && numbers.count >= biases.count * count)
    switch activation {
    case .tanh: map(&numbers, count: count, adding: parameters, biases, tanh)
    case .relu: map(&numbers, count: count, adding: parameters, biases) { $0 < 0 ? 0 : $0 }
    case .linear: map(&numbers, count: count, adding: parameters, biases) { $0 }
    }
  }

  @inline(__always)
  private static func map(
    _ numbers: inout [Float], count: Int, adding parameters: [Float], _ biases: Range<Int>, _ function: (Float) -> Float
  ) {
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe parameters.withUnsafeBufferPointer { parameters in
        if count == 1 {
          for row in 0..<biases.count {
            unsafe numbers[row] = function(numbers[row] + parameters[biases.lowerBound + row])
          }
          return
        }
        for row in 0..<biases.count {
          let bias = unsafe parameters[biases.lowerBound + row]
          for index in row * count..<(row + 1) * count { unsafe numbers[index] = function(numbers[index] + bias) }
        }
      }
    }
  }

  /// The hyperbolic tangent, within 5e-7 of the true one, relatively; NaN stays.
  ///
  /// A ratio of polynomials x P(x^2) / Q(x^2) on -8 to 8, fitted for the least relative error (1.5e-7 before rounding);
  /// beyond, the value at 8, which lies 2.3e-7 from 1.
  @inline(__always)
  static func tanh(_ number: Float) -> Float {
    // In this order the bounds let NaN through.
    let x = max(min(number, 8), -8)
    let t = x * x
    let p = ((1.1428379e-5 * t + 2.9510199e-3) * t + 0.12925659) * t + 0.9999999
    let q = (((2.4591958e-7 * t + 2.3866861e-4) * t + 2.3815539e-2) * t + 0.46258876) * t + 1
    return x * p / q
  }

  /// Multiplies by 1 - output^2.
  static func multiplyByTanhDerivative(_ delta: inout [Float], output: [Float], count: Int) {
    combine(&delta, output, count: count) { $0 * (1 - $1 * $1) }
  }

  /// Sets to zero where the output is not above zero.
  static func multiplyByReluDerivative(_ delta: inout [Float], output: [Float], count: Int) {
    combine(&delta, output, count: count) { $1 > 0 ? $0 : 0 }
  }

  /// Multiplies the numbers of a part, or all, by a factor.
  static func scale(_ numbers: inout [Float], _ part: Range<Int>? = nil, by factor: Float) {
    let part = part ?? numbers.indices
    precondition(numbers.indices.contains(part))
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      for index in part { unsafe numbers[index] *= factor }
    }
  }

  /// Brings all numbers between `-greatest` and `greatest`; NaN stays.
  static func clamp(_ numbers: inout [Float], to greatest: Float) {
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      for index in numbers.indices { unsafe numbers[index] = max(min(numbers[index], greatest), -greatest) }
    }
  }

  /// Moves all numbers towards those of `goal`: `amount * goal + (1 - amount) * number`.
  static func blend(_ numbers: inout [Float], towards goal: [Float], by amount: Double) {
    precondition(numbers.count == goal.count)
    let (new, old) = (Float(amount), Float(1 - amount))
    combine(&numbers, goal, count: goal.count) { new * $1 + old * $0 }
  }

  /// Writes the numbers of another block over these, in the room that these have.
  static func copy(_ source: [Float], over numbers: inout [Float]) {
    precondition(numbers.count == source.count)
    combine(&numbers, source, count: source.count) { $1 }
  }

  /// Writes the first `count` numbers of another block over these.
  static func copy(_ source: [Float], count: Int, over numbers: inout [Float]) {
    combine(&numbers, source, count: count) { $1 }
  }

  /// Sets each of the first `count` numbers to what `function` makes of it and the other at its place.
  @inline(__always)
  private static func combine(
    _ numbers: inout [Float], _ others: [Float], count: Int, _ function: (Float, Float) -> Float
  ) {
    precondition(numbers.count >= count && others.count >= count)
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe others.withUnsafeBufferPointer { others in
        for index in 0..<count { unsafe numbers[index] = function(numbers[index], others[index]) }
      }
    }
  }

  /// Sets `part` of the result to the sums of rows of `count` numbers.
  static func sumRows(_ numbers: [Float], count: Int, into result: inout [Float], _ part: Range<Int>) {
    precondition(result.indices.contains(part) && numbers.count >= part.count * count)
    unsafe numbers.withUnsafeBytes { numbers in
      unsafe result.withUnsafeMutableBufferPointer { result in
        for (row, index) in part.enumerated() {
          unsafe result[index] = sum(numbers, row * count..<(row + 1) * count) { $0 }
        }
      }
    }
  }

  /// The sum of the squares of a part, or of all; not finite if a number is not, or if a square is beyond float32.
  static func sumOfSquares(_ numbers: [Float], _ part: Range<Int>? = nil) -> Double {
    let part = part ?? numbers.indices
    precondition(numbers.indices.contains(part))
    // Float32 inside runs and float64 between them: as exact as needed at the speed of float32.
    let run = 2048
    return unsafe numbers.withUnsafeBytes { bytes in
      var total = 0.0
      for start in stride(from: part.lowerBound, to: part.upperBound, by: run) {
        total += Double(unsafe sum(bytes, start..<min(start + run, part.upperBound)) { $0 * $0 })
      }
      return total
    }
  }

  /// The sum of what `term` makes of the numbers in `part`: lane by lane, the lanes from first to last, then the rest.
  @inline(__always)
  private static func sum(
    _ numbers: UnsafeRawBufferPointer, _ part: Range<Int>, _ term: (Lanes) -> Lanes
  ) -> Float {
    let width = Lanes.scalarCount
    let stride = MemoryLayout<Float>.stride
    var first = Lanes.zero
    var second = Lanes.zero
    var index = part.lowerBound
    while index + 2 * width <= part.upperBound {
      unsafe first += term(numbers.loadUnaligned(fromByteOffset: index * stride, as: Lanes.self))
      unsafe second += term(numbers.loadUnaligned(fromByteOffset: (index + width) * stride, as: Lanes.self))
      index += 2 * width
    }
    first += second
    var total: Float = 0
    for lane in 0..<width { total += first[lane] }
    while index < part.upperBound {
      total += term(Lanes(repeating: unsafe numbers.loadUnaligned(fromByteOffset: index * stride, as: Float.self)))[0]
      index += 1
    }
    return total
  }

  /// Lays the rows of a table at `places` out column by column.
  static func gather(_ table: [Float], rows places: ArraySlice<Int>, columns: Int, into result: inout [Float]) {
    let count = places.count
    precondition(result.count >= count * columns)
    precondition(places.allSatisfy { $0 >= 0 && ($0 + 1) * columns <= table.count }, "rows of the table")
    unsafe table.withUnsafeBufferPointer { table in
      unsafe result.withUnsafeMutableBufferPointer { result in
        for (index, row) in places.enumerated() {
          for column in 0..<columns { unsafe result[column * count + index] = table[row * columns + column] }
        }
      }
    }
  }

  /// Lays rows of little-endian float32 out column by column.
  static func transpose(_ bytes: [UInt8], rows: Int, columns: Int, into result: inout [Float]) {
    precondition(bytes.count >= rows * columns * 4 && result.count >= rows * columns)
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe result.withUnsafeMutableBufferPointer { result in
        for row in 0..<rows {
          for column in 0..<columns {
            unsafe result[column * rows + row] = bytes.loadUnaligned(
              fromByteOffset: (row * columns + column) * 4, as: Float.self)
          }
        }
      }
    }
  }
}
