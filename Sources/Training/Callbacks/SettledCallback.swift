public import SystemPackage

/// A callback that does something every so often, whose periods are checked when the algorithm is built.
public protocol PeriodicCallback: Callback {
  /// Its periods.
  var periods: [Every] { get }
}

/// A callback that writes to or reads from paths, which follow an experiment that was moved or forked.
public protocol RelocatableCallback: Callback {
  /// Replaces the directory `old` by `new` in its paths; paths elsewhere stay.
  mutating func relocate(from old: FilePath, to new: FilePath)
}

extension FilePath {
  /// The path with the directory `old` replaced by `new`; itself if it lies elsewhere.
  func relocated(from old: FilePath, to new: FilePath) -> FilePath {
    let (path, old) = (lexicallyNormalized(), old.lexicallyNormalized())
    guard path.root == old.root, path.components.starts(with: old.components) else { return self }
    var result = new
    result.components.append(contentsOf: path.components.dropFirst(old.components.count))
    return result
  }
}
