internal import StateTree

/// Loops over blocks of numbers. Each gives the same bits in every run and on every processor of one kind of
/// instructions: sums have a fixed order, and no function of the C library is called.
enum Kernels {
  /// Numbers that are added up side by side.
  private typealias Lanes = SIMD8<Float>

  // Every pointer below comes from an array that was checked to be long enough right before.

  /// Writes each number of `part` `count` times, one behind the other.
  static func spread(_ numbers: [Float], _ part: Range<Int>, over count: Int, into result: inout [Float]) {
    precondition(numbers.indices.contains(part) && result.count >= part.count * count)
    unsafe result.withUnsafeMutableBufferPointer { result in
      unsafe numbers.withUnsafeBufferPointer { numbers in
        for (row, index) in part.enumerated() {
          let number = unsafe numbers[index]
          for column in 0..<count { unsafe result[row * count + column] = number }
        }
      }
    }
  }

  /// The hyperbolic tangent of the first `count` numbers, within 5e-7 of the true one, relatively; NaN stays.
  ///
  /// A ratio of polynomials x P(x^2) / Q(x^2) on -8 to 8, fitted for the least relative error (1.5e-7 before rounding);
  /// beyond, the value at 8, which lies 2.3e-7 from 1.
  static func tanh(_ numbers: inout [Float], count: Int) {
    precondition(numbers.count >= count)
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      for index in 0..<count {
        // In this order the bounds let NaN through.
        let x = max(min(unsafe numbers[index], 8), -8)
        let t = x * x
        let p = ((1.1428379e-5 * t + 2.9510199e-3) * t + 0.12925659) * t + 0.9999999
        let q = (((2.4591958e-7 * t + 2.3866861e-4) * t + 2.3815539e-2) * t + 0.46258876) * t + 1
        unsafe numbers[index] = x * p / q
      }
    }
  }

  /// Sets the negative ones of the first `count` numbers to zero; NaN stays.
  static func relu(_ numbers: inout [Float], count: Int) {
    precondition(numbers.count >= count)
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      for index in 0..<count {
        let x = unsafe numbers[index]
        unsafe numbers[index] = x < 0 ? 0 : x
      }
    }
  }

  /// Multiplies by 1 - output^2.
  static func multiplyByTanhDerivative(_ delta: inout [Float], output: [Float], count: Int) {
    precondition(delta.count >= count && output.count >= count)
    unsafe delta.withUnsafeMutableBufferPointer { delta in
      unsafe output.withUnsafeBufferPointer { output in
        for index in 0..<count { unsafe delta[index] *= 1 - output[index] * output[index] }
      }
    }
  }

  /// Sets to zero where the output is not above zero.
  static func multiplyByReluDerivative(_ delta: inout [Float], output: [Float], count: Int) {
    precondition(delta.count >= count && output.count >= count)
    unsafe delta.withUnsafeMutableBufferPointer { delta in
      unsafe output.withUnsafeBufferPointer { output in
        for index in 0..<count { unsafe delta[index] = output[index] > 0 ? delta[index] : 0 }
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

  /// The sum of all squares; not finite if a number is not, or if a square is beyond float32.
  static func sumOfSquares(_ numbers: [Float]) -> Double {
    // Float32 inside runs and float64 between them: as exact as needed at the speed of float32.
    let run = 2048
    return unsafe numbers.withUnsafeBytes { bytes in
      var total = 0.0
      for start in stride(from: 0, to: numbers.count, by: run) {
        total += Double(unsafe sum(bytes, start..<min(start + run, numbers.count)) { $0 * $0 })
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

  /// Multiplies all numbers by a factor.
  static func scale(_ numbers: inout [Float], by factor: Float) {
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      for index in numbers.indices { unsafe numbers[index] *= factor }
    }
  }

  /// Moves all numbers towards those of `goal`: `amount * goal + (1 - amount) * number`.
  static func blend(_ numbers: inout [Float], towards goal: [Float], by amount: Double) {
    precondition(numbers.count == goal.count)
    let (new, old) = (Float(amount), Float(1 - amount))
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe goal.withUnsafeBufferPointer { goal in
        for index in numbers.indices { unsafe numbers[index] = new * goal[index] + old * numbers[index] }
      }
    }
  }

  /// Writes the numbers of another block over these, in the room that these have.
  static func copy(_ source: [Float], over numbers: inout [Float]) {
    precondition(numbers.count == source.count)
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe source.withUnsafeBufferPointer { source in _ = unsafe numbers.update(fromContentsOf: source) }
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

  /// One step of Adam over a block, each operation rounded to float32 in torch's order. Says whether all parameters are
  /// finite afterwards.
  /// - Source: `_single_tensor_adam` in torch's `optim/adam.py`.
  static func adam(
    _ parameters: inout [Float], gradient: [Float], first: inout [Float], second: inout [Float], _ scalars: AdamScalars
  ) -> Bool {
    let count = parameters.count
    precondition(gradient.count == count && first.count == count && second.count == count)
    var exceptions: UInt32 = 0
    unsafe parameters.withUnsafeMutableBufferPointer { parameters in
      unsafe first.withUnsafeMutableBufferPointer { first in
        unsafe second.withUnsafeMutableBufferPointer { second in
          unsafe gradient.withUnsafeBufferPointer { gradient in
            for index in 0..<count {
              let g = unsafe gradient[index]
              let m = unsafe first[index] + scalars.firstWeight * (g - first[index])
              let v = unsafe second[index] * scalars.secondDecay + scalars.secondWeight * g * g
              let denominator = v.squareRoot() / scalars.correction + scalars.epsilon
              let parameter = unsafe parameters[index] + scalars.negativeStepSize * m / denominator
              unsafe first[index] = m
              unsafe second[index] = v
              unsafe parameters[index] = parameter
              exceptions |= parameter.bitPattern & 0x7f80_0000 == 0x7f80_0000 ? 1 : 0
            }
          }
        }
      }
    }
    return exceptions == 0
  }
}

/// What one step of Adam multiplies by, in float32.
struct AdamScalars {
  var firstWeight: Float
  var secondDecay: Float
  var secondWeight: Float
  var correction: Float
  var epsilon: Float
  var negativeStepSize: Float
}
