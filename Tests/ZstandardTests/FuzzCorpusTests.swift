import FileSystemsTestSupport
import Testing

@Suite struct FuzzCorpusTests {
  @Test func `what the fuzzer kept gives a value or an error, in bounded time`() throws {
    let inputs = try FuzzCorpus.inputs(of: "container")
    #expect(inputs.count > 20)
    for input in inputs {
      var complaint: String?
      let time = ContinuousClock().measure { complaint = ContainerInput.complaint(about: input.bytes) }
      #expect(complaint == nil, "\(input.name)")
      #expect(time < .seconds(5), "\(input.name)")
    }
  }
}
