internal import BufferFiles
internal import FileSystems
internal import StateTree

extension ExperimentDirectory {
  /// Refuses a save for which the disk has no room, before anything of it is written: what is new of the replay buffers,
  /// and all state.
  /// - Throws: `CheckpointError.file` with the bytes needed and free.
  func requireSpace(
    for contents: CheckpointContents, _ buffers: [String: BufferSaving], _ options: CheckpointOptions
  ) throws(CheckpointError) {
    let checkpoint = layout.checkpoint(contents.iteration)
    try translating(checkpoint, "the checkpoint") {
      var demand = SpaceDemand(level: options.level)
      for part in contents.parts {
        if case .state(let state) = part.content { demand.add(state: state) }
      }
      for buffer in buffers.values {
        demand.add(state: buffer.state)
        for contents in buffer.new { demand.add(contents, state: .nil) }
      }
      try demand.requireRoom(for: checkpoint, on: fileSystem)
    }
  }
}
