internal import MessagePack
internal import StateTree

extension BufferReport {
  /// The spaces of the first episode of a dump; what rows do not hold of episodes is kept in skeletons.
  static func spaces(_ state: StateValue) -> [Space] {
    guard case .bytes(let skeletons)? = state["rllib"]?["episode_skeletons"] else { return [] }
    var reader = MessagePackReader(skeletons)
    guard let episode = try? reader.next() else { return [] }
    return [("observations", "_observation_space"), ("actions", "_action_space")].compactMap { name, key in
      episode[key].flatMap(Self.describe).map { Space(name: name, description: $0) }
    }
  }

  /// A stored Gymnasium space in a few words.
  /// - Source: `ray/rllib/utils/serialization.py`, `gym_space_to_dict`.
  private static func describe(_ space: MessagePackValue) -> String? {
    guard let kind = space["space"]?.string else { return nil }
    var words = [kind]
    if let name = space["dtype"]?.string { words.append(DataType(name: name)?.description ?? name) }
    if let shape = space["shape"]?.elements { words.append("[\(list(shape))]") }
    if let count = space["n"] { words.append("of \(count.shortDescription)") }
    if let start = space["start"]?.integer, start != 0 { words.append("from \(start)") }
    if let parts = space["spaces"]?.entries {
      words.append(
        "{\(parts.map { "\($0.key.shortDescription): \(describe($0.value) ?? "?")" }.joined(separator: ", "))}")
    } else if let parts = space["spaces"]?.elements {
      words.append("(\(parts.map { describe($0) ?? "?" }.joined(separator: ", ")))")
    }
    return words.joined(separator: " ")
  }

  private static func list(_ values: [MessagePackValue]) -> String {
    values.prefix(32).map(\.shortDescription).joined(separator: ", ")
  }
}
