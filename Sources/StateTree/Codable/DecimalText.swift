extension FixedWidthInteger {
  /// The number that `String(number)` wrote as `text`, in just that spelling.
  init?(decimal text: String) {
    guard let value = Self(text), String(value).utf8.elementsEqual(text.utf8) else { return nil }
    self = value
  }
}
