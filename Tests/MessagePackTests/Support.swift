import MessagePack

/// The bytes that hexadecimal digits stand for; spaces are for the reader's eyes.
func fromHex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// What reading `bytes` as one object fails with, or nil if it succeeds.
func failure(of bytes: [UInt8], limits: MessagePackLimits = .standard) -> MessagePackError? {
  do throws(MessagePackError) {
    _ = try MessagePackReader.value(of: bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

/// What writing `value` fails with, or nil if it succeeds.
func failure(toWrite value: MessagePackValue) -> MessagePackError? {
  do throws(MessagePackError) {
    _ = try MessagePackWriter.bytes(of: value)
    return nil
  } catch {
    return error
  }
}

/// All objects of a stream with the bytes of each.
func objects(of bytes: [UInt8]) throws -> [(value: MessagePackValue, bytes: ArraySlice<UInt8>)] {
  var reader = MessagePackReader(bytes)
  var found: [(value: MessagePackValue, bytes: ArraySlice<UInt8>)] = []
  var start = 0
  while let value = try reader.next() {
    found.append((value, bytes[start..<reader.offset]))
    start = reader.offset
  }
  return found
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
