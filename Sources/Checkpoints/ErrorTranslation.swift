internal import BufferFiles
internal import FileSystems
internal import ReplayBuffers
internal import SystemPackage

/// Runs calls on files, saying what they throw in this module's terms.
func onFiles<Result>(_ body: () throws(FileSystemError) -> Result) throws(CheckpointError) -> Result {
  do { return try body() } catch { throw .fileSystem(error) }
}

/// Runs what reads or writes a component, saying whatever it throws in this module's terms.
func translating<Result>(
  _ checkpoint: FilePath, _ component: String, _ body: () throws -> Result
) throws(CheckpointError) -> Result {
  do { return try body() } catch let error as CheckpointError { throw error } catch let error as BufferFileError {
    throw .file(error)
  } catch let error as FileSystemError {
    throw .fileSystem(error)
  } catch let error as ReplayBufferError {
    throw .buffer(error)
  } catch {
    throw .component(checkpoint, name: component, reason: String(describing: error))
  }
}
