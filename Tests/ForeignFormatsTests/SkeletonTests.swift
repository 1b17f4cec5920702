import ForeignFormats
import MessagePack
import ReplayBuffers
import StateTree
import Testing

@Suite("What no column holds is kept as it is")
struct SkeletonTests {
  static let oddities: [MessagePackValue] = [
    .ext(type: 5, bytes: [1, 2, 3]), .ext(type: -128, bytes: []), .ext(type: 114, bytes: Array("other".utf8)),
    .timestamp(.init(seconds: -62_135_596_800, nanoseconds: 999_999_999)),
    .timestamp(.init(seconds: 1, nanoseconds: 0)),
    .float32(.nan), .float32(Float(bitPattern: 0x7f80_0001)), .float32(-0.0),
    .float64(Double(bitPattern: 0xfff0_0000_0000_0001)),
    .unsigned(.max), .int(.min), .text([0xff, 0xfe]), .binary([]), .string("e\u{301}"), .nil,
    .map([
      .init(key: .int(0), value: .string("int key")), .init(key: .int(-1), value: .nil),
      .init(key: .bool(true), value: .map([])),
      .init(key: .nil, value: .float32(1)), .init(key: .binary([1]), value: .array([])),
      .init(key: .array([.int(1), .string("x")]), value: .bool(false)), .init(key: .string("e\u{301}"), value: .int(1)),
      .init(key: .string("\u{e9}"), value: .int(2)), .init(key: .float64(.nan), value: .int(3)),
    ]),
    .packed(PackedList(shape: [2, 1, 2], elements: .uint64([.max, 0, 1, 2]))),
    .packed(PackedList(shape: [70_000], elements: .emptyMaps(70_000))),
  ]

  @Test("oddities of MessagePack go through our file unchanged", arguments: oddities)
  func roundTrip(_ value: MessagePackValue) throws {
    let good = try MessagePackReader.value(of: Fixtures.bytes("extra/names.msgpack"))
    let places: [[Step]] = [
      ["unknown"], ["_last_sampled_indices"], ["episodes", 0, "custom_data"], ["episodes", 1, "custom_data", "x"],
      ["episodes", 2, "infos", "data"], ["episodes", 0, "agent_id"], ["episodes", 3, "unknown"],
      ["episodes", 1, "actions", "space"], ["episodes", 0, "_start_time"], ["sampled_timesteps"], ["_num_timesteps"],
      ["episode_id_to_index"],
    ]
    for place in places {
      let bytes = try MessagePackWriter.bytes(of: good.setting(place, to: value))
      let dump = try withFile(bytes) { try openDump($0) }
      #expect(try bytesAfterConversion(dump) == bytes, "\(place)")
    }
  }

  @Test("what was not understood is named")
  func names() throws {
    let good = try MessagePackReader.value(of: Fixtures.bytes("extra/lengths.msgpack"))
    let dump = try openDump(
      good.setting(["version\u{1b}"], to: .int(2)).setting(["episodes", 0, "color"], to: .nil)
        .setting(["episodes", 1, "infos", "data"], to: .array([.string("x")])))
    #expect(
      dump.notUnderstood == [
        "the key color of episodes; kept as it is", "infos of 1 episodes; kept as they are",
        "the key version\\u{1b}; kept as it is",
      ])
  }

  @Test("skeletons beyond the largest record of a file go through it")
  func large() throws {
    let good = try MessagePackReader.value(of: Fixtures.bytes("extra/lengths.msgpack"))
    let body = MessagePackValue.binary([UInt8](repeating: 7, count: 20 << 20))
    let bytes = try MessagePackWriter.bytes(of: good.setting(["episodes", 0, "custom_data", "video"], to: body))
    let dump = try withFile(bytes) { try openDump($0) }
    #expect(try bytesAfterConversion(dump) == bytes)
  }

  @Test("episodes that differ only in numbers share a skeleton")
  func shared() throws {
    let dump = try openDump(Fixtures.path("dqn_cartpole_prioritized_2500_iteration_4.msgpack"))
    let kept = try StateReader(dump.state()).reader("rllib")
    let numbers: [Int64] = try kept.vector("episode_skeleton")
    #expect(numbers.count == dump.episodes.episodes.count && Set(numbers).count <= 4)
    guard case .bytes(let skeletons)? = kept.map["episode_skeletons"] else { throw NotThat(found: "no skeletons") }
    #expect(skeletons.count < 20_000)
  }
}
