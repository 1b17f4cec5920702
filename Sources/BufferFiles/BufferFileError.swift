public import FileSystems
public import StateTree
public import SystemPackage
public import Zstandard

/// Why a file cannot be written, read or trusted. What is not known of the place is nil.
public enum BufferFileError: Error, Sendable, Equatable {
  /// Where in a file something is.
  public struct Place: Sendable, Equatable {
    /// The file.
    public var path: FilePath
    /// The frame's number, counted from 0.
    public var frame: Int?
    /// The offset of the frame's first byte in the file.
    public var byte: Int?
    /// The rows that the frame holds.
    public var rows: Range<Int>?

    /// A place.
    public init(_ path: FilePath, frame: Int? = nil, byte: Int? = nil, rows: Range<Int>? = nil) {
      self.path = path
      self.frame = frame
      self.byte = byte
      self.rows = rows
    }
  }

  /// A call on the file failed.
  case fileSystem(FileSystemError)
  /// The file is not rlbuf's: what it is instead.
  case notBufferFile(FilePath, found: String)
  /// The file was written by a newer rlbuf.
  case newerVersion(FilePath, found: Int, supported: Int)
  /// The file has no seek table: its writer did not finish, or it was cut.
  case unfinished(FilePath, bytes: Int)
  /// A frame is not a sound zstd frame.
  case damagedFrame(Place, ZstandardError)
  /// A frame's bytes are not those that were written.
  case digestMismatch(Place, stored: String, computed: String)
  /// A frame's content is not the record it should be.
  case invalidRecord(Place, reason: String)
  /// Parts of the file contradict each other.
  case inconsistent(Place, reason: String)
  /// The file holds no rows.
  case noRows(FilePath)
  /// The column is not there.
  case unknownColumn(FilePath, name: String, known: [String])
  /// The column holds another type.
  case wrongDataType(FilePath, column: String, expected: DataType, found: DataType)
  /// Steps or rows outside of what is stored.
  case outOfRange(FilePath, asked: Range<Int>, stored: Range<Int>)
  /// The file has no table of episodes.
  case noEpisodes(FilePath)
  /// What is asked for does not fit into memory.
  case tooLargeForMemory(FilePath, bytes: Int)
  /// A single piece of state that fits no record.
  case stateTooLarge(path: String, bytes: Int, limit: Int)
  /// State, provenance or metadata that nests deeper than a record can.
  case stateTooDeep(path: String, limit: Int)
  /// A single piece of state with more values than a record can have.
  case stateTooManyValues(path: String, found: Int, limit: Int)
  /// More row groups and pieces of state than a file can list.
  case tooManyFrames(FilePath, limit: Int)
  /// zstd cannot compress, for lack of memory.
  case compression(ZstandardError)
  /// Nothing in the file is whole.
  case nothingToRecover(FilePath)
  /// The file that was to be recovered would be replaced by what was made of it.
  case outputIsInput(FilePath)
  /// What was written is not what was meant, as it was read again.
  case unsoundOutput(FilePath, reason: String)
  /// A dump would be replaced by one with less than a tenth of its rows.
  case wouldShrink(FilePath, rows: Int, stored: Int)
  /// Rows that do not fit the file's schema or order.
  case wrongRows(reason: String)
}
