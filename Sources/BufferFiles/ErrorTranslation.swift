internal import FileSystems
internal import Zstandard

/// Runs calls on files, saying what they throw in this module's terms.
func onFile<Result: ~Copyable>(
  _ body: () throws(FileSystemError) -> Result
) throws(BufferFileError) -> Result {
  do { return try body() } catch { throw .fileSystem(error) }
}

/// Runs calls of zstd, adding the place to what they throw.
func inFrame<Result: ~Copyable>(
  _ place: BufferFileError.Place, _ body: () throws(ZstandardError) -> Result
) throws(BufferFileError) -> Result {
  do { return try body() } catch { throw .damagedFrame(place, error) }
}
