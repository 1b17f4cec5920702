internal import Glibc

/// Where numpy computes in a way of its own, so that results are Gymnasium's to the last bit.
enum NumpyArithmetic {
  /// `x ** 2` of a single float64.
  ///
  /// numpy asks the C library's `pow`, which is off by one unit in the last place for one number in 1,200. A compiler
  /// that sees the exponent multiplies instead, hence the attribute.
  /// - Source: numpy 2.4, `double_power` in `_core/src/umath/scalarmath.c.src`; arrays are multiplied.
  @_optimize(none)
  static func squared(_ x: Double) -> Double { pow(x, 2) }

  /// `x ** 2` of a single float32, with `powf` for the same reason.
  @_optimize(none)
  static func squared(_ x: Float) -> Float { powf(x, 2) }

  /// `np.cos(x)` of a float32 in -pi/4...pi/4, which numpy computes without the C library where the processor has FMA.
  /// - Source: numpy 2.4, `simd_cosine_poly_f32` in `_core/src/umath/loops_trigonometric.dispatch.cpp`.
  static func cosine(_ x: Float) -> Float {
    polynomial(x * x, [0x1.98e616p-16, -0x1.6c06dcp-10, 0x1.55553cp-5, -0.5, 1])
  }

  /// `np.sin(x)` of a float32 in -pi/4...pi/4, as `cosine`.
  /// - Source: numpy 2.4, `simd_sine_poly_f32` in the same file.
  static func sine(_ x: Float) -> Float {
    x.addingProduct(polynomial(x * x, [0x1.7d3bbcp-19, -0x1.a06bbap-13, 0x1.11119ap-7, -0x1.555556p-3, 0]), x)
  }

  /// Horner's scheme, highest coefficient first, each step rounded once.
  private static func polynomial(_ x: Float, _ coefficients: [Float]) -> Float {
    coefficients.dropFirst().reduce(coefficients[0]) { $1.addingProduct($0, x) }
  }

  /// `x % modulus` of float64, which has the sign of `modulus`, here above zero.
  /// - Source: numpy 2.4, `npy_divmod` in `_core/src/npymath/npy_math_internal.h.src`.
  static func remainder(_ x: Double, _ modulus: Double) -> Double {
    let remainder = fmod(x, modulus)
    if remainder == 0 { return 0 }
    return remainder < 0 ? remainder + modulus : remainder
  }
}
