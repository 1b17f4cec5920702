internal import MessagePack

extension StateTreeError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line; what could steer a terminal is escaped.
  public var description: String { text.onOneLine }

  private var text: String {
    switch self {
    case .invalidShape(let shape):
      "the shape \(shape) is not possible: at most \(Tensor.maximumRank) axes, none negative, "
        + "a product that fits 63 bits"
    case .shapeMismatch(let type, let shape, let expected, let found):
      "a tensor \(type) \(shape) takes \(expected) bytes and \(found) are there; "
        + "the file is damaged or was written wrongly"
    case .wrongDataType(let expected, let found):
      "the tensor holds \(found), not \(expected); ask for \(found), nothing is converted silently"
    case .inexactCast(let value, let from, let to):
      "\(value) of a tensor of \(from) cannot be \(to); choose a type that holds every number of it"
    case .cannotConcatenate(let parts):
      "tensors of different type or row shape cannot stand one behind the other: \(parts.joined(separator: ", "))"
    case .missingKey(let path):
      "\(path) is missing; the state was written by another version or another kind of object"
    case .wrongType(let path, let expected, let found):
      "\(path) is \(found), expected \(expected); the state was written by another version or another kind of object"
    case .invalidValue(let path, let found, let expected):
      "\(path) is \(found), expected \(expected)"
    case .notState(let path, let found):
      "\(path) is \(found), which rlbuf never writes; convert files of others with \"rlbuf convert\""
    case .invalidUTF8(let path):
      "\(path) is a text that is not UTF-8; the file is damaged or not rlbuf's"
    case .pickledObjects(let path):
      "\(path) is a numpy array of Python objects, a pickle that could run code; it is never opened"
    case .evenIncrement(let increment):
      "the PCG64 state has the even increment \(increment), expected an odd one; "
        + "take the state from an intact checkpoint or start from a seed"
    case .messagePack(let error):
      error.description
    }
  }
}
