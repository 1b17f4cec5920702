import MessagePack
import Testing

@Suite("Limits")
struct LimitTests {
  @Test(
    "As many values as the limit are read, one more is not",
    arguments: [
      ("c0", 1, 0), ("91c0", 2, 1), ("92c0c0", 3, 2), ("81c0c0", 3, 2), ("82c0c001a161", 5, 4),
      ("9291c0 93010203", 4, 3),
      ("93 01 a161 c0", 4, 4), ("90", 1, 0), ("92 920102 920304", 1, 0), ("92 a0 92 920102 920304", 3, 2),
      ("93010203", 1, 0), ("92 ca7f800001 c0", 3, 6), ("92 81 c0 8101c0 80", 7, 6),
    ])
  func nodes(hex: String, count: Int, lastOffset: Int) throws {
    let bytes = fromHex(hex)
    #expect(failure(of: bytes, limits: .init(nodes: count)) == nil)
    #expect(failure(of: bytes, limits: .init(nodes: count + 1)) == nil)
    let limit = count - 1
    #expect(failure(of: bytes, limits: .init(nodes: limit)) == .tooManyNodes(offset: lastOffset, limit: limit))
  }

  @Test(
    "As many numbers in lists as the limit are read, one more is not; maps without entries take no room",
    arguments: [
      ("93010203", 3, 0), ("92 920102 920304", 4, 0), ("92 c0 92ca00000000ca3f800000", 2, 2), ("94c2c3c2c3", 4, 0),
      ("93 c0 920102 910a", 3, 5), ("93 c0 93808080 9101", 1, 6),
    ])
  func numbers(hex: String, count: Int, lastOffset: Int) throws {
    let bytes = fromHex(hex)
    #expect(failure(of: bytes, limits: .init(numbers: count)) == nil)
    #expect(failure(of: bytes, limits: .init(numbers: count + 1)) == nil)
    let limit = count - 1
    #expect(failure(of: bytes, limits: .init(numbers: limit)) == .tooManyNumbers(offset: lastOffset, limit: limit))
  }

  @Test("The default limit holds at its own border", arguments: [-1, 0, 1])
  func defaultNodes(excess: Int) {
    let nils = (1 << 20) - 1 + excess
    let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: nils >> $0) }
    let found = failure(of: [0xdd] + head + Array(repeating: 0xc0, count: nils))
    #expect(found == (excess > 0 ? .tooManyNodes(offset: 5 + nils - 1, limit: 1 << 20) : nil))
  }

  @Test(
    "A body as long as the limit is read, a longer one is not",
    arguments: ["a3", "d903", "c403", "db00000003", "c70305"])
  func bodies(head: String) {
    let bytes = fromHex(head + "616161")
    #expect(failure(of: bytes, limits: .init(bodyBytes: 3)) == nil)
    #expect(failure(of: bytes, limits: .init(bodyBytes: 4)) == nil)
    #expect(failure(of: bytes, limits: .init(bodyBytes: 2)) == .bodyTooLong(offset: 0, length: 3, limit: 2))
  }

  @Test("The limits hold for each object of a stream anew")
  func perObject() throws {
    var reader = MessagePackReader(fromHex("91c0 91c0 92c0c0"), limits: .init(nodes: 2))
    #expect(try reader.next() == .array([.nil]))
    #expect(try reader.next() == .array([.nil]))
    #expect(throws: MessagePackError.tooManyNodes(offset: 6, limit: 2)) { try reader.next() }
  }

  @Test("A large file may hold a value for every four bytes")
  func forFile() {
    #expect(MessagePackLimits.forFile(ofBytes: 0) == .standard)
    #expect(MessagePackLimits.forFile(ofBytes: 4 << 20) == .standard)
    #expect(MessagePackLimits.forFile(ofBytes: (4 << 20) + 4).nodes == (1 << 20) + 1)
    #expect(MessagePackLimits.standard.bodyBytes == 4_294_967_295)
    #expect(MessagePackLimits.forFile(ofBytes: 6 << 20).numbers == 12 << 20)
    #expect(MessagePackLimits.forFile(ofBytes: (6 << 20) + 1).numbers == (12 << 20) + 2)
  }

  @Test(
    "A list or map may announce exactly as much as remains",
    arguments: [
      ("92 c0 c0", true), ("93 c0 c0", false), ("81 c0 c0", true), ("82 c0 c0 c0", false), ("92 91 c0 c0", true),
      ("92 92 c0 c0", false), ("92 92 c0 c0 c0", true), ("dd00000003 c0 c0", false), ("df00000001 c0", false),
      ("93 01 02", false), ("92 9201 9201", false), ("92 81 c0 c0", false),
    ])
  func budget(hex: String, fits: Bool) {
    let found = failure(of: fromHex(hex))
    if fits { return #expect(found == nil) }
    guard case .announcesTooMuch = found else { return #expect(Bool(false), "\(String(describing: found))") }
  }
}
