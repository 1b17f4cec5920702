internal import SystemPackage
internal import Zstandard

/// Goes through a file frame by frame from its first byte, holding one frame at a time.
///
/// Where a frame ends is found in its own blocks. Where these are damaged, the boundaries that index or seek table name
/// tell where the next frame begins.
struct FrameWalk {
  enum Step {
    /// A frame whose blocks end where it ends.
    case frame([UInt8])
    /// Bytes that are no whole frame; the walk goes on behind them.
    case unreadable(ZstandardError, byteCount: Int)
    /// Bytes that are no whole frame, and nothing says where the next one begins.
    case lost(ZstandardError)
    /// A skippable frame or the end of the file: the frames are over.
    case end
  }

  private let frames: FrameReader
  private let boundaries: [Int: Int]
  /// Where the next frame begins.
  private(set) var offset = 0

  /// A walk, knowing the length of some frames by their offsets.
  init(_ frames: FrameReader, boundaries: [Int: Int]) {
    self.frames = frames
    self.boundaries = boundaries
  }

  /// The next step.
  mutating func next() throws(BufferFileError) -> Step {
    guard offset < frames.byteCount else { return .end }
    let step: Step
    if let count = boundaries[offset] {
      step = try known(count)
    } else {
      step = try isAtSkippableFrame() ? .end : unknown()
    }
    switch step {
    case .frame(let bytes): offset += bytes.count
    case .unreadable(_, let byteCount): offset += byteCount
    case .lost, .end: break
    }
    return step
  }

  private func isAtSkippableFrame() throws(BufferFileError) -> Bool {
    guard frames.byteCount - offset >= 4 else { return false }
    let start = try frames.bytes(4, at: offset)
    return start[0] & 0xf0 == 0x50 && start.dropFirst() == [0x2a, 0x4d, 0x18]
  }

  private func known(_ count: Int) throws(BufferFileError) -> Step {
    let bytes = try frames.bytes(count, at: offset)
    do throws(ZstandardError) {
      let extent = try FrameExtent(scanning: bytes.span)
      guard extent.compressedBytes == count else {
        throw .trailingBytes(count: count - extent.compressedBytes, offset: extent.compressedBytes)
      }
      return .frame(bytes)
    } catch {
      return .unreadable(error, byteCount: count)
    }
  }

  private func unknown() throws(BufferFileError) -> Step {
    let most = min(frames.byteCount - offset, FrameReader.maximumFrameBytes)
    // Little at first: a damaged or foreign file can be a million tiny frames.
    var count = min(most, 4096)
    while true {
      let bytes = try frames.bytes(count, at: offset)
      do throws(ZstandardError) {
        let extent = try FrameExtent(scanning: bytes.span)
        return .frame(Array(bytes[..<extent.compressedBytes]))
      } catch {
        guard case .truncated = error, count < most else { return .lost(error) }
        count = min(count * 16, most)
      }
    }
  }
}
