extension InspectionError: CustomStringConvertible {
  /// What was found and expected, and what to do, on one line.
  public var description: String {
    switch self {
    case .notComparable(let old, let new):
      "\(old.path) is \(old.what) and \(new.path) is \(new.what); compare two replay buffers or two trees of state"
    }
  }
}
