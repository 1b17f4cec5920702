import MessagePack

/// What a fuzzer does with bytes that may be MessagePack.
enum MessagePackInput {
  private static let tight = MessagePackLimits(nodes: 40, numbers: 30, bodyBytes: 20)

  /// What should not be so; nil if every object is a value that survives writing, or an error that says what is wrong.
  static func complaint(about bytes: [UInt8]) -> String? {
    var reader = MessagePackReader(bytes)
    var isFirst = true
    while true {
      let start = reader.offset
      let outcome = outcome(&reader)
      if isFirst, let complaint = differs(outcome, bytes) { return complaint }
      isFirst = false
      switch outcome {
      case .success(nil): return nil
      case .success(let value?):
        guard reader.offset > start else { return "an object of no bytes" }
        if let complaint = doesNotSurvive(value) { return complaint }
      case .failure(let error):
        return reader.offset == start ? fault(in: error) : "the reader moved on after an error"
      }
    }
  }

  private static func outcome(_ reader: inout MessagePackReader) -> Result<MessagePackValue?, MessagePackError> {
    do { return .success(try reader.next()) } catch { return .failure(error) }
  }

  /// Narrow limits give the same value, the same error, or a limit.
  private static func differs(_ outcome: Result<MessagePackValue?, MessagePackError>, _ bytes: [UInt8]) -> String? {
    var reader = MessagePackReader(bytes, limits: tight)
    let narrow = self.outcome(&reader)
    if case .failure(let error) = narrow, error.isLimit { return fault(in: error) }
    return narrow == outcome ? nil : "with narrow limits \(narrow), else \(outcome)"
  }

  private static func doesNotSurvive(_ value: MessagePackValue) -> String? {
    do {
      let written = try MessagePackWriter.bytes(of: value)
      let back = try MessagePackReader.value(of: written)
      guard back == value else { return "\(value) came back as \(back)" }
      return try MessagePackWriter.bytes(of: back) == written ? nil : "\(value) is written in two ways"
    } catch {
      return "\(value) was read and cannot be written and read again: \(error)"
    }
  }

  private static func fault(in error: MessagePackError) -> String? {
    let text = error.description
    return text.isEmpty || text.contains("\n") ? "a message of no line or several: \(text)" : nil
  }
}
