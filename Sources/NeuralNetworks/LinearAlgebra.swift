internal import CBLAS

/// The library that multiplies matrices: OpenBLAS, on one thread.
public enum LinearAlgebra {
  /// Which library multiplies, with which processor kernels and on how many threads; for provenance.
  public static var description: String { "" }
}
