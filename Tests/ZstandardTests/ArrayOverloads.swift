import Zstandard

// Spans of temporary arrays cannot be used within `#expect`; these take the arrays themselves.

extension FrameHeader {
  init(decoding bytes: [UInt8]) throws(ZstandardError) { try self.init(decoding: bytes.span) }
}

extension FrameExtent {
  init(scanning bytes: [UInt8]) throws(ZstandardError) { try self.init(scanning: bytes.span) }
}

extension FrameCompressor {
  mutating func compress(_ content: [UInt8]) throws(ZstandardError) -> [UInt8] { try compress(content.span) }

  mutating func stored(_ content: [UInt8]) throws(ZstandardError) -> [UInt8] { try stored(content.span) }

  mutating func isCanonical(_ frame: [UInt8], content: [UInt8]) throws(ZstandardError) -> Bool {
    try isCanonical(frame.span, content: content.span)
  }
}

extension FrameDecompressor {
  mutating func decompress(_ frame: [UInt8], limit: Int) throws(ZstandardError) -> [UInt8] {
    try decompress(frame.span, limit: limit)
  }
}

extension StreamDecompressor {
  mutating func decompress(_ input: [UInt8], appendingTo output: inout [UInt8]) throws(ZstandardError) -> Int {
    try decompress(input.span, appendingTo: &output)
  }
}

extension SeekTable {
  init(decoding bytes: [UInt8]) throws(ZstandardError) { try self.init(decoding: bytes.span) }

  static func lastEntries(_ count: Int, inTail tail: [UInt8]) throws(ZstandardError) -> [Entry] {
    try lastEntries(count, inTail: tail.span)
  }
}

extension SeekTable.Entry {
  init(describing frame: [UInt8]) throws(ZstandardError) { try self.init(describing: frame.span) }
}

extension SeekTable.Footer {
  init(decoding tail: [UInt8]) throws(ZstandardError) { try self.init(decoding: tail.span) }
}
