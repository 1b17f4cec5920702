extension CheckpointManifest.Component {
  /// Whether it is a replay buffer.
  public var isBuffer: Bool {
    if case .buffer = content { true } else { false }
  }

  /// How many steps the buffer holds; nil for state.
  public var steps: Int? {
    if case .buffer(_, let steps, _) = content { steps } else { nil }
  }
}
