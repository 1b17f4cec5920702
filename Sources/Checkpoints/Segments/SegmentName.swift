/// The names of segments: `<first step>-<end>-<digest>.msgpack.zst`.
enum SegmentName {
  static func name(steps: Range<Int>, sha256: String) -> String {
    "\(padded(steps.lowerBound))-\(padded(steps.upperBound))-\(sha256.prefix(16))\(ExperimentLayout.fileSuffix)"
  }

  /// One more than the largest step number, as a name says it; nil for a name that is none.
  static func endStep(of name: String) -> Int? {
    guard matches(name) else { return nil }
    return Int(name.split(separator: "-")[1])
  }

  /// Whether a name can be a segment's; nothing else in the pool is ever deleted.
  static func matches(_ name: String) -> Bool {
    guard name.hasSuffix(ExperimentLayout.fileSuffix) else { return false }
    let parts = name.dropLast(ExperimentLayout.fileSuffix.count).split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[2].count == 16 && parts[..<2].allSatisfy { $0.count >= 12 && Int($0) != nil }
  }

  /// From the first step number to one more than the last, as a name says them.
  static func steps(_ name: String) -> Range<Int>? {
    guard matches(name) else { return nil }
    let numbers = name.split(separator: "-").prefix(2).compactMap { Int($0) }
    return numbers.count == 2 && 0 <= numbers[0] && numbers[0] <= numbers[1] ? numbers[0]..<numbers[1] : nil
  }

  /// Whether a text names a segment, such as the reason why a checkpoint cannot be used.
  static func isNamed(in text: String) -> Bool {
    text.split { $0 == "/" || $0 == ":" || $0 == " " }.contains { matches(String($0)) }
  }

  private static func padded(_ step: Int) -> String {
    let digits = String(step)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }
}
