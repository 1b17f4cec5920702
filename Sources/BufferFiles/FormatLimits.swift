internal import MessagePack

/// The limits of file format 1, checked by writer and reader alike.
/// - Source: `Format.md`, "Limits".
public enum FormatLimits {
  /// The format version that this code writes, and the newest it reads.
  public static let version = 1
  /// The most bytes one record may have before compression.
  public static let recordBytes = 16 << 20
  /// The most bytes of the header's record.
  public static let headerBytes = 1 << 20
  /// The most bytes of the summary's record.
  public static let summaryBytes = 1 << 20
  /// The most columns of a schema.
  public static let columns = 1_024
  /// How many bytes of rows the writer puts into one record, twice as many of large rows, and of a single larger row all.
  public static let rowGroupBytes = 2 << 20
  /// How many bytes of rows of a size the writer puts into one record: of large rows, such as images, twice as many, since
  /// what the index says of each record would be a notable part of what is left of them.
  package static func rowGroupBytes(ofRows rowBytes: Int) -> Int {
    areSmall(rowBytes: rowBytes) ? rowGroupBytes : 2 * rowGroupBytes
  }
  /// Whether rows of a size are no images.
  static func areSmall(rowBytes: Int) -> Bool { rowBytes <= 4_096 }
  /// How many rows of a size the writer puts into one record.
  static func rowsPerGroup(ofRows rowBytes: Int) -> Int {
    min(max(1, rowGroupBytes(ofRows: rowBytes) / max(1, rowBytes)), rowsPerRecord)
  }
  /// The most rows of one record.
  public static let rowsPerRecord = 1 << 20
  /// One more than the largest step number.
  public static let endOfSteps: Int64 = 1 << 60
  /// How many bytes of state the writer gathers in one record.
  public static let stateRecordBytes = 2 << 20
  /// The most bytes of one value of state that cannot be cut: a text, or an element of a list.
  public static let stateValueBytes = 15 << 20
  /// The most bytes of a key whose value has records of its own.
  public static let stateKeyBytes = 64 << 10
  /// How deep state, provenance and metadata may nest: the 32 levels of a MessagePack object without the record's own.
  public static let stateDepth = 31
  /// The most values of one record, keys and containers included.
  public static let valuesPerRecord = 1 << 20
  /// What reading a record may build. Numbers of lists are values too: 16 MiB of them would become a gigabyte.
  static let messagePack = MessagePackLimits(nodes: valuesPerRecord, numbers: valuesPerRecord)
  /// The most keys of maps that are spread over several records, and the most records of state.
  public static let stateKeys = 1 << 22
  /// The most bytes of the table of episodes in the state.
  public static let episodeTableBytes = 256 << 20
  /// The most frames of one file, the seek table left out.
  public static let frames = 1 << 20
  /// The most index entries of one record.
  public static let indexEntriesPerRecord = 8_192
  /// The most entries of the outline of the state in the summary.
  public static let outlineEntries = 256
}
