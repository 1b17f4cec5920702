internal import CBLAS
internal import Glibc

/// The routines of OpenBLAS that are used, found in the library when the first network is made.
///
/// The program is not linked to it: a command that only looks at files shall not pay for the threads and the hundreds of
/// megabytes of address space that the library takes as soon as it is loaded, nor fail where it is not installed.
@safe struct OpenBLAS: Sendable {
  typealias MatrixProduct = @convention(c) @Sendable (
    CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Float, UnsafePointer<Float>?, blasint,
    UnsafePointer<Float>?, blasint, Float, UnsafeMutablePointer<Float>?, blasint
  ) -> Void
  typealias VectorProduct = @convention(c) @Sendable (
    CBLAS_ORDER, CBLAS_TRANSPOSE, blasint, blasint, Float, UnsafePointer<Float>?, blasint, UnsafePointer<Float>?,
    blasint, Float, UnsafeMutablePointer<Float>?, blasint
  ) -> Void
  private typealias Text = @convention(c) () -> UnsafePointer<CChar>?
  private typealias SetCount = @convention(c) (Int32) -> Void
  private typealias Count = @convention(c) () -> Int32

  /// The library's name, the one that all its versions since 2013 have.
  static let name = "libopenblas.so.0"

  /// `cblas_sgemm`
  let multiplyMatrices: MatrixProduct
  /// `cblas_sgemv`
  let multiplyVector: VectorProduct
  /// Library, kernels and threads, in words.
  let description: String

  /// The library on one thread, or why it cannot be had.
  static let shared: Result<OpenBLAS, NetworkError> = Result { () throws(NetworkError) in try OpenBLAS() }

  /// - Source: dlopen(3); `openblas_set_num_threads`, `openblas_get_config`, `openblas_get_corename`.
  private init() throws(NetworkError) {
    let library = unsafe ProcessorKernels.choosing { unsafe dlopen(Self.name, RTLD_NOW | RTLD_LOCAL) }
    guard let library = unsafe library else {
      throw .libraryMissing(Self.name, reason: Self.reason)
    }
    // The types are those that cblas.h declares for these names.
    unsafe multiplyMatrices = try unsafe Self.find("cblas_sgemm", in: library, as: MatrixProduct.self)
    unsafe multiplyVector = try unsafe Self.find("cblas_sgemv", in: library, as: VectorProduct.self)
    try unsafe Self.find("openblas_set_num_threads", in: library, as: SetCount.self)(1)
    let count = try unsafe Self.find("openblas_get_num_threads", in: library, as: Count.self)()
    let version = try unsafe Self.text("openblas_get_config", in: library).split(separator: " ").prefix(2)
    let kernels = try unsafe Self.text("openblas_get_corename", in: library)
    description = "\(version.joined(separator: " ")), \(kernels) kernels, \(count) thread\(count == 1 ? "" : "s")"
  }

  private static func find<Function>(
    _ name: String, in library: UnsafeMutableRawPointer, as type: Function.Type
  ) throws(NetworkError) -> Function {
    guard let symbol = unsafe dlsym(library, name) else { throw .libraryMissing(Self.name, reason: reason) }
    return unsafe unsafeBitCast(symbol, to: type)
  }

  /// A text of the library's own, which is never freed; the version is the second word of the first.
  private static func text(_ name: String, in library: UnsafeMutableRawPointer) throws(NetworkError) -> String {
    try unsafe find(name, in: library, as: Text.self)().map { unsafe String(cString: $0) } ?? "unknown"
  }

  private static var reason: String { unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given" }
}
