public import MessagePack

/// Why a value is not the state that was asked for.
public enum StateTreeError: Error, Sendable, Equatable {
  /// A shape with a negative length, too many axes, or more elements than memory can address.
  case invalidShape([Int])
  /// The bytes are not what type and shape need.
  case shapeMismatch(DataType, shape: [Int], expectedBytes: Int, foundBytes: Int)
  /// A tensor holds another element type.
  case wrongDataType(expected: DataType, found: DataType)
  /// A number that another element type cannot hold.
  case inexactCast(String, from: DataType, to: DataType)
  /// Tensors of different type or row shape cannot stand one behind the other.
  case cannotConcatenate([String])
  /// A key that must be there is not.
  case missingKey(path: String)
  /// A value is of another type than expected.
  case wrongType(path: String, expected: String, found: String)
  /// A value is of the right type and means nothing.
  case invalidValue(path: String, found: String, expected: String)
  /// A MessagePack type that rlbuf never writes in state.
  case notState(path: String, found: String)
  /// A text that is not UTF-8.
  case invalidUTF8(path: String)
  /// A numpy array of Python objects: a pickle, which is never opened.
  case pickledObjects(path: String)
  /// A PCG64 increment that is even, which halves the period or worse; every seeded generator has an odd one.
  case evenIncrement(UInt128)
  /// The MessagePack below is not readable.
  case messagePack(MessagePackError)
}
