/// A key that comes from the data and not from a type: an index, or the place of a superclass.
struct StateCodingKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  /// Where a superclass is coded, as `Codable` has it.
  static let `super` = StateCodingKey(stringValue: "super")

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "Index \(intValue)"
    self.intValue = intValue
  }

  /// The key of an element of a list.
  init(_ index: Int) { self.init(intValue: index) }
}
