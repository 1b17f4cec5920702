/// What stands at the beginning of a frame.
///
/// - Source: RFC 8878 sections 3.1.1.1 and 3.1.2.
public enum FrameHeader: Hashable, Sendable {
  /// A frame with compressed content.
  case data(DataFrameHeader)

  /// A frame that decompressors pass over.
  case skippable(SkippableFrameHeader)

  /// The first four bytes of a frame with content, as a little-endian number.
  ///
  /// - Source: RFC 8878 section 3.1.1, `Magic_Number`.
  public static let dataMagic: UInt32 = 0xFD2F_B528

  /// What the first four bytes of a skippable frame may be, as a little-endian number.
  ///
  /// - Source: RFC 8878 section 3.1.2, `Magic_Number`.
  public static let skippableMagics: ClosedRange<UInt32> = 0x184D_2A50...0x184D_2A5F

  /// The most bytes a header takes, magic number included.
  ///
  /// - Source: RFC 8878 section 3.1.1.1.
  public static let maximumBytes = 18

  /// The length of the header itself, magic number included.
  public var headerBytes: Int {
    switch self {
    case .data(let header): header.headerBytes
    case .skippable: SkippableFrameHeader.headerBytes
    }
  }
}

/// The header of a frame with content.
///
/// - Source: RFC 8878 section 3.1.1.1.
public struct DataFrameHeader: Hashable, Sendable {
  /// The length of the content, nil if the frame does not say.
  ///
  /// - Source: RFC 8878 section 3.1.1.1.4, `Frame_Content_Size`.
  public let contentSize: UInt64?

  /// The bytes of earlier content a decompressor must keep.
  ///
  /// - Source: RFC 8878 section 3.1.1.1.2, `Window_Descriptor`; for a single segment, the content size.
  public let windowSize: UInt64

  /// Whether the whole content is one segment, so that the window covers it.
  ///
  /// - Source: RFC 8878 section 3.1.1.1.1.2, `Single_Segment_Flag`.
  public let isSingleSegment: Bool

  /// Whether the frame ends with a checksum of its content.
  ///
  /// - Source: RFC 8878 section 3.1.1.1.1.5, `Content_Checksum_Flag`.
  public let hasChecksum: Bool

  /// The dictionary the frame needs, nil if none.
  ///
  /// - Source: RFC 8878 section 3.1.1.1.3, `Dictionary_ID`.
  public let dictionaryID: UInt32?

  /// The length of the header itself, magic number included.
  public let headerBytes: Int
}

/// The header of a frame that decompressors pass over.
///
/// - Source: RFC 8878 section 3.1.2.
public struct SkippableFrameHeader: Hashable, Sendable {
  /// The length of the header itself, magic number included.
  public static let headerBytes = 8

  /// The magic number, which tells applications what is inside.
  public let magic: UInt32

  /// The bytes after the header.
  ///
  /// - Source: RFC 8878 section 3.1.2, `Frame_Size`.
  public let contentBytes: UInt32
}
