internal import CFuzzer
internal import Glibc

/// What is run; libFuzzer's callback has no room for a context.
private nonisolated(unsafe) var complaint: ([UInt8]) -> String? = { _ in nil }

/// Hands the program over to libFuzzer, which calls `body` with inputs until it complains or something crashes.
/// - Source: `LLVMFuzzerRunDriver`
public func fuzz(_ body: @escaping ([UInt8]) -> String?) -> Never {
  complaint = body
  var count = CommandLine.argc
  var arguments = Optional(CommandLine.unsafeArgv)
  exit(
    LLVMFuzzerRunDriver(&count, &arguments) { data, size in
      if let found = complaint(Array(UnsafeBufferPointer(start: data, count: size))) { fatalError(found) }
      return 0
    })
}
