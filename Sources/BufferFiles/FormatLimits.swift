/// The limits of file format 1, checked by writer and reader alike.
/// - Source: `Format.md`, "Limits".
public enum FormatLimits {
  /// The format version that this code writes, and the newest it reads.
  public static let version = 1
  /// The most bytes one record may have before compression.
  public static let recordBytes = 16 << 20
  /// How many bytes of rows the writer puts into one record, unless a single row is larger.
  public static let rowGroupBytes = 2 << 20
  /// How many bytes of state the writer gathers in one record.
  public static let stateRecordBytes = 2 << 20
  /// The most frames of one file.
  public static let frames = 1 << 20
  /// The most index entries of one record.
  public static let indexEntriesPerRecord = 8_192
  /// The most entries of the outline of the state in the summary.
  public static let outlineEntries = 256
  /// The most bytes of the summary.
  public static let summaryBytes = 1 << 20
}
