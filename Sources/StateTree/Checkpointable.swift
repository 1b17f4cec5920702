/// Something that survives a restart: its whole state as a value, and back.
public protocol Checkpointable {
  /// Everything that later behaviour depends on, shared with nothing.
  var state: StateValue { get }

  /// Becomes what `state` was taken from, or stays as it was.
  /// - Throws: what does not fit, with the path inside the state.
  mutating func restore(from state: StateValue) throws

  /// Checks what must always hold.
  /// - Throws: the first violation found.
  func checkInvariants() throws
}
