import Testing

@testable import NeuralNetworks

@Suite("The kernels of the matrix library") struct ProcessorKernelsTests {
  private static let wide = "fpu avx2 fma avx512f avx512dq avx512cd avx512bw avx512vl avx512_vnni"

  private func processor(_ vendor: String, _ flags: String) -> String {
    "processor\t: 0\nvendor_id\t: \(vendor)\nmodel name\t: of a test\nflags\t\t: \(flags)\nbogomips\t: 1\n"
  }

  @Test func `a processor of AMD with wide registers gets kernels that use them`() {
    #expect(ProcessorKernels.hasUnusedKernels(processor("AuthenticAMD", Self.wide)))
  }

  @Test func `others have what OpenBLAS gives them`() {
    #expect(!ProcessorKernels.hasUnusedKernels(processor("GenuineIntel", Self.wide)))
    #expect(!ProcessorKernels.hasUnusedKernels(processor("AuthenticAMD", "fpu avx2 fma avx512f avx512dq")))
    #expect(!ProcessorKernels.hasUnusedKernels(""))
  }
}
