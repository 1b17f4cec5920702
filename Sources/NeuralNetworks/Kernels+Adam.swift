internal import CBLAS

// Every buffer below was checked to be long enough where it is entered.

extension Kernels {
  private typealias Four = SIMD4<Float>

  /// One step of Adam over a block, each operation rounded to float32 in torch's order. Says whether all parameters are
  /// finite afterwards.
  /// - Source: `_single_tensor_adam` in torch's `optim/adam.py`.
  static func adam(
    _ parameters: inout [Float], gradient: [Float], first: inout [Float], second: inout [Float], _ scalars: AdamScalars
  ) -> Bool {
    let count = parameters.count
    precondition(gradient.count == count && first.count == count && second.count == count)
    return unsafe parameters.withUnsafeMutableBytes { parameters in
      unsafe first.withUnsafeMutableBytes { first in
        unsafe second.withUnsafeMutableBytes { second in
          unsafe gradient.withUnsafeBytes { gradient in
            unsafe adam(parameters, gradient, first, second, count: count, scalars)
          }
        }
      }
    }
  }

  /// The four buffers hold `count` numbers each.
  private static func adam(
    _ parameters: UnsafeMutableRawBufferPointer, _ gradient: UnsafeRawBufferPointer,
    _ first: UnsafeMutableRawBufferPointer, _ second: UnsafeMutableRawBufferPointer, count: Int, _ scalars: AdamScalars
  ) -> Bool {
    // Zero as long as all are finite: infinity less itself is NaN.
    var differences = Four.zero
    let end = count / 4 * 16
    for offset in stride(from: 0, to: end, by: 16) {
      var p = unsafe parameters.loadUnaligned(fromByteOffset: offset, as: Four.self)
      var m = unsafe first.loadUnaligned(fromByteOffset: offset, as: Four.self)
      var v = unsafe second.loadUnaligned(fromByteOffset: offset, as: Four.self)
      step(&p, &m, &v, unsafe gradient.loadUnaligned(fromByteOffset: offset, as: Four.self), scalars)
      unsafe parameters.storeBytes(of: p, toByteOffset: offset, as: Four.self)
      unsafe first.storeBytes(of: m, toByteOffset: offset, as: Four.self)
      unsafe second.storeBytes(of: v, toByteOffset: offset, as: Four.self)
      differences += p - p
    }
    for offset in stride(from: end, to: count * 4, by: 4) {
      var p = Four(repeating: unsafe parameters.loadUnaligned(fromByteOffset: offset, as: Float.self))
      var m = Four(repeating: unsafe first.loadUnaligned(fromByteOffset: offset, as: Float.self))
      var v = Four(repeating: unsafe second.loadUnaligned(fromByteOffset: offset, as: Float.self))
      let g = Four(repeating: unsafe gradient.loadUnaligned(fromByteOffset: offset, as: Float.self))
      step(&p, &m, &v, g, scalars)
      unsafe parameters.storeBytes(of: p[0], toByteOffset: offset, as: Float.self)
      unsafe first.storeBytes(of: m[0], toByteOffset: offset, as: Float.self)
      unsafe second.storeBytes(of: v[0], toByteOffset: offset, as: Float.self)
      differences += p - p
    }
    return differences == .zero
  }

  @inline(__always)
  private static func step(_ p: inout Four, _ m: inout Four, _ v: inout Four, _ g: Four, _ scalars: AdamScalars) {
    m += scalars.firstWeight * (g - m)
    v = v * scalars.secondDecay + scalars.secondWeight * g * g
    // Where no gradient comes any more, moments fade into numbers of few digits, with which processors are slow. They
    // move no parameter; torch keeps them.
    m.replace(with: 0, where: (m .< .leastNormalMagnitude) .& (m .> -.leastNormalMagnitude))
    v.replace(with: 0, where: v .< .leastNormalMagnitude)
    let denominator = rlbuf_square_roots(v) / scalars.correction + scalars.epsilon
    p += scalars.negativeStepSize * m / denominator
  }
}
