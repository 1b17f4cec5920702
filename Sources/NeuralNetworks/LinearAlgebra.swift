internal import CBLAS

/// The library that multiplies matrices: OpenBLAS, on one thread.
///
/// How a sum is split among threads changes its last bits, so the library is set to one thread as soon as it is loaded,
/// whatever `OPENBLAS_NUM_THREADS` says.
public enum LinearAlgebra {
  /// Which library multiplies, for which processors its routines are written, and on how many threads, such as
  /// `OpenBLAS 0.3.21, Haswell kernels, 1 thread`; for provenance, because other kernels may round otherwise.
  public static var description: String {
    switch OpenBLAS.shared {
    case .success(let library): library.description
    case .failure(let error): error.description
    }
  }

  /// Loads the library, which every network does before its first product.
  /// - Throws: `NetworkError.libraryMissing` with the remedy.
  static func load() throws(NetworkError) { _ = try OpenBLAS.shared.get() }

  /// - Precondition: It was loaded.
  private static var library: OpenBLAS {
    guard case .success(let library) = OpenBLAS.shared else { preconditionFailure("a network was made, so it is loaded") }
    return library
  }

  /// A row-major matrix inside an array of numbers.
  struct Matrix {
    /// Where it begins.
    var offset = 0
    /// Its rows and columns as they are stored.
    var rows: Int
    var columns: Int
    /// Whether its transpose is meant.
    var isTransposed = false

    var indices: Range<Int> { offset..<offset + rows * columns }
    var operand: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
    /// Rows and columns as they are meant.
    var height: Int { isTransposed ? columns : rows }
    var width: Int { isTransposed ? rows : columns }
  }

  /// Sets `result` to `a` times `b`.
  /// - Source: `cblas_sgemm`.
  static func multiply(
    _ a: [Float], _ shapeA: Matrix, _ b: [Float], _ shapeB: Matrix, into result: inout [Float], _ shape: Matrix
  ) {
    precondition(a.indices.contains(shapeA.indices) && b.indices.contains(shapeB.indices), "a matrix beyond its array")
    precondition(result.indices.contains(shape.indices) && !shape.isTransposed, "a result beyond its array")
    precondition(
      shapeA.width == shapeB.height && shapeA.height == shape.rows && shapeB.width == shape.columns, "shapes that fit")
    let library = library
    unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        unsafe result.withUnsafeMutableBufferPointer { result in
          // The three lie in their arrays, as was checked, and rows follow each other without gaps.
          unsafe library.multiplyMatrices(
            CblasRowMajor, shapeA.operand, shapeB.operand, Int32(shape.rows), Int32(shape.columns), Int32(shapeA.width),
            1, a.baseAddress.map { unsafe $0 + shapeA.offset }, Int32(shapeA.columns),
            b.baseAddress.map { unsafe $0 + shapeB.offset }, Int32(shapeB.columns), 0,
            result.baseAddress.map { unsafe $0 + shape.offset }, Int32(shape.columns))
        }
      }
    }
  }

  /// Sets the first numbers of `result` to the product of a matrix and the first numbers of `vector`.
  /// - Source: `cblas_sgemv`.
  static func multiply(_ a: [Float], _ shape: Matrix, vector: [Float], into result: inout [Float]) {
    precondition(a.indices.contains(shape.indices) && !shape.isTransposed, "a matrix beyond its array")
    precondition(vector.count >= shape.columns && result.count >= shape.rows, "a vector shorter than the matrix")
    let library = library
    unsafe a.withUnsafeBufferPointer { a in
      unsafe vector.withUnsafeBufferPointer { vector in
        unsafe result.withUnsafeMutableBufferPointer { result in
          // Matrix and vectors are long enough, as was checked.
          unsafe library.multiplyVector(
            CblasRowMajor, CblasNoTrans, Int32(shape.rows), Int32(shape.columns), 1,
            a.baseAddress.map { unsafe $0 + shape.offset }, Int32(shape.columns), vector.baseAddress, 1, 0,
            result.baseAddress, 1)
        }
      }
    }
  }
}
