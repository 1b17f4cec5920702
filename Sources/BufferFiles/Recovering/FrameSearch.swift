internal import Zstandard

/// Goes through a damaged file from its first byte and finds every frame that is sound by zstd's checksum.
///
/// Where a frame ends is found in its own blocks. Behind one that is not sound comes, in this order: where its blocks end,
/// where index or seek table have its end, and the next magic number behind which a sound frame lies.
struct FrameSearch: ~Copyable {
  enum Step {
    /// A sound frame with its content.
    case frame(offset: Int, bytes: [UInt8], record: [UInt8])
    /// Bytes in which no sound frame begins.
    case lost(Range<Int>, ZstandardError)
    /// The end of the file.
    case end
  }

  private static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
  private static let chunkBytes = 1 << 20

  private let frames: FrameReader
  private let boundaries: [Int: Int]
  /// Where the seek table begins, or the file ends.
  private let end: Int
  private var decompressor: FrameDecompressor
  /// How many bytes may still be looked at in vain: a hostile file can have a beginning of a frame at every fourth byte.
  private var patience: Int
  /// Where the next step begins.
  private(set) var offset = 0

  /// A search, knowing the length of some frames by their offsets.
  init(_ frames: FrameReader, boundaries: [Int: Int], tableBytes: Int) throws(BufferFileError) {
    do { decompressor = try FrameDecompressor(checksums: .required) } catch { throw .compression(error) }
    self.frames = frames
    self.boundaries = boundaries
    end = frames.byteCount - tableBytes
    patience = 4 * frames.byteCount + (1 << 30)
  }

  /// The next step; a seek table and other skippable frames are passed over.
  mutating func next() throws(BufferFileError) -> Step {
    while offset < end, let length = try skippableFrame(at: offset) { offset += length }
    guard offset < end else { return .end }
    let start = offset
    switch try attempt(at: start) {
    case .sound(let bytes, let record):
      offset += bytes.count
      return .frame(offset: start, bytes: bytes, record: record)
    case .damaged(let error, let byteCount):
      offset = try resume(behind: start, byteCount: byteCount)
      return .lost(start..<offset, error)
    }
  }

  private enum Attempt {
    case sound(bytes: [UInt8], record: [UInt8])
    /// No sound frame; its length, if its blocks have an end.
    case damaged(ZstandardError, byteCount: Int?)
  }

  private mutating func attempt(at offset: Int) throws(BufferFileError) -> Attempt {
    let most = min(end - offset, FrameReader.maximumFrameBytes)
    var count = min(most, 4096)
    while true {
      let bytes = try frames.bytes(count, at: offset)
      let extent: FrameExtent
      do throws(ZstandardError) { extent = try FrameExtent(scanning: bytes.span) } catch {
        patience -= count
        guard case .truncated = error, count < most else { return .damaged(error, byteCount: nil) }
        count = min(count * 16, most)
        continue
      }
      let frame = Array(bytes[..<extent.compressedBytes])
      do throws(ZstandardError) {
        return .sound(bytes: frame, record: try decompressor.decompress(frame.span, limit: FormatLimits.recordBytes))
      } catch {
        patience -= frame.count + min(extent.maximumContentBytes, FormatLimits.recordBytes)
        return .damaged(error, byteCount: frame.count)
      }
    }
  }

  /// Where to go on behind a frame that is not sound.
  private mutating func resume(behind start: Int, byteCount: Int?) throws(BufferFileError) -> Int {
    for length in [byteCount, boundaries[start]] {
      guard let length, length <= end - start else { continue }
      let next = start + length
      if next == end { return next }
      if try skippableFrame(at: next) != nil { return next }
      if try isSound(at: next) { return next }
    }
    return try search(from: start + 1)
  }

  private mutating func isSound(at offset: Int) throws(BufferFileError) -> Bool {
    guard patience > 0, try frames.bytes(min(4, end - offset), at: offset) == Self.magic else { return false }
    if case .sound = try attempt(at: offset) { return true }
    return false
  }

  /// The next offset at which a sound frame lies; the end if there is none.
  private mutating func search(from first: Int) throws(BufferFileError) -> Int {
    var first = first
    while end - first >= Self.magic.count, patience > 0 {
      let chunk = try frames.bytes(min(Self.chunkBytes, end - first), at: first)
      var index = 0
      while let found = Self.magicIndex(in: chunk, from: index) {
        if try isSound(at: first + found) { return first + found }
        index = found + 1
      }
      first += chunk.count - Self.magic.count + 1
    }
    return end
  }

  private static func magicIndex(in bytes: [UInt8], from first: Int) -> Int? {
    var index = first
    while index + magic.count <= bytes.count {
      guard let start = bytes[index...].firstIndex(of: magic[0]), start + magic.count <= bytes.count else { return nil }
      if bytes[start + 1] == magic[1], bytes[start + 2] == magic[2], bytes[start + 3] == magic[3] { return start }
      index = start + 1
    }
    return nil
  }

  /// The length of the skippable frame that begins at an offset and ends within the file; nil if there is none.
  private func skippableFrame(at offset: Int) throws(BufferFileError) -> Int? {
    guard frames.byteCount - offset >= 8 else { return nil }
    let start = try frames.bytes(8, at: offset)
    guard start[0] & 0xf0 == 0x50, start[1...3] == [0x2a, 0x4d, 0x18] else { return nil }
    let length = 8 + (4...7).reversed().reduce(0) { $0 << 8 | Int(start[$1]) }
    return length <= frames.byteCount - offset ? length : nil
  }
}
