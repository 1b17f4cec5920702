internal import Glibc

// `unsafe` in this file: a file is read into a buffer of known size, and two functions of the C library take texts.

/// Which of OpenBLAS's kernels suit the processor, where the library would take slower ones.
///
/// OpenBLAS gives every processor of AMD the kernels of Haswell or Zen, which use half of what those since Zen 4 can
/// compute; with the ones of Skylake-X a product of matrices takes little more than half the time.
/// - Source: OpenBLAS, `driver/others/dynamic.c`, which takes the name of the kernels from `OPENBLAS_CORETYPE`.
enum ProcessorKernels {
  private static let variable = "OPENBLAS_CORETYPE"

  /// Runs `body` with the variable set that OpenBLAS asks while it is loaded, unless the user has set it.
  static func choosing<Result>(_ body: () -> Result) -> Result {
    let isChosen = unsafe getenv(variable) != nil
    guard !isChosen, hasUnusedKernels(processor()) else { return body() }
    unsafe setenv(variable, "SkylakeX", 0)
    defer { unsafe unsetenv(variable) }
    return body()
  }

  /// Whether a processor of this description could use more than OpenBLAS gives it.
  static func hasUnusedKernels(_ description: String) -> Bool {
    let lines = description.split(separator: "\n")
    guard lines.contains(where: { $0.hasPrefix("vendor_id") && $0.hasSuffix("AuthenticAMD") }),
      let flags = lines.first(where: { $0.hasPrefix("flags") })
    else { return false }
    return Set(flags.split(separator: " ")).isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"])
  }

  /// - Source: proc(5), `/proc/cpuinfo`; its first 16 KiB describe at least one processor.
  private static func processor() -> String {
    guard let file = unsafe fopen("/proc/cpuinfo", "re") else { return "" }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
