public import SystemPackage

/// Which components of a checkpoint are restored.
///
/// A name selects the component of that name and all below it, as RLlib's `components` do: `learner_group` selects
/// `learner_group/learner`.
public struct ComponentSelection: Sendable, Hashable {
  /// The names that are restored; nil for all.
  public var only: [String]?
  /// The names that are not restored.
  public var without: [String]

  /// A selection.
  public init(only: [String]? = nil, without: [String] = []) {
    self.only = only
    self.without = without
  }

  /// Every component.
  public static let all = ComponentSelection()

  /// Whether a component is restored.
  public func selects(_ component: String) -> Bool {
    let isWanted = only?.contains { Self.name($0, covers: component) } ?? true
    return isWanted && !without.contains { Self.name($0, covers: component) }
  }

  /// Checks that every name covers a component.
  /// - Throws: `CheckpointError.unknownComponent` with the names there are.
  public func check(against manifest: CheckpointManifest, of checkpoint: FilePath) throws(CheckpointError) {
    let known = manifest.componentNames + manifest.omitted.map(\.name)
    for name in (only ?? []) + without where !known.contains(where: { Self.name(name, covers: $0) }) {
      throw .unknownComponent(checkpoint, name: name, known: known)
    }
  }

  private static func name(_ name: String, covers component: String) -> Bool {
    let (name, component) = (Array(name.utf8), Array(component.utf8))
    guard component.starts(with: name) else { return false }
    return component.count == name.count || component[name.count] == UInt8(ascii: "/")
  }
}
