public import ReplayBuffers

extension SavableBuffer {
  /// The buffer that a file holds, ready to sample. RLlib saves neither capacity nor alpha nor random state: give them as
  /// defaults.
  /// - Throws: `BufferFileError` for what is damaged, `ReplayBufferError` for another kind of buffer or what cannot be one.
  public init(contentsOf file: BufferFile, defaults: BufferDefaults = BufferDefaults()) throws {
    try self.init(contents: file.contents(), defaults: defaults)
  }
}

extension BufferDiff {
  /// Compares the buffers of two files.
  /// - Throws: `BufferFileError` for a file without rows or what is damaged.
  public init(
    from old: BufferFile, to new: BufferFile, tolerance: Tolerance = Tolerance(), provenance: Provenance = .ignored
  ) throws {
    try self.init(from: old.contents(), to: new.contents(), tolerance: tolerance, provenance: provenance)
  }
}
