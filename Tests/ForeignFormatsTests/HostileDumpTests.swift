import FileSystemsTestSupport
import ForeignFormats
import MessagePack
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("Dumps that lie")
struct HostileDumpTests {
  static let good = (try? MessagePackReader.value(of: Fixtures.bytes("extra/prioritized_small.msgpack"))) ?? .nil

  /// Whether a message is one line without control characters.
  static func isOneClearLine(_ error: ForeignFormatError) -> Bool {
    let text = error.description
    return !text.isEmpty && text.utf8.count < 1000
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
  }

  /// Opens bytes that were tampered with: a clear error, or a dump that is kept byte for byte.
  static func expectErrorOrFidelity(_ bytes: [UInt8], at path: FilePath, _ what: String) throws {
    try write(bytes, to: path)
    let state: SavedState
    do { state = try SavedState.open(path) } catch {
      #expect(isOneClearLine(error), "\(what): \(error)")
      return
    }
    guard case .rllibDump(let dump) = state else { return }
    try expectInvariants(dump)
    let again = try MessagePackWriter.bytes(of: RLlibDump.value(of: dump))
    #expect(try again == MessagePackWriter.bytes(of: MessagePackReader.value(of: bytes)), "\(what)")
  }

  @Test(
    "odd values at any place give a clear error or a dump that is kept byte for byte",
    arguments: ["prioritized_small", "names"])
  func oddValuesAnywhere(_ name: String) throws {
    let good = try MessagePackReader.value(of: Fixtures.bytes("extra/\(name).msgpack"))
    try withTemporaryDirectory { directory in
      let path = directory.appending("dump")
      var random = SplitMix(state: 26)
      for place in good.places {
        let chosen = MessagePackValue.oddities.shuffled(using: &random).prefix(name == "names" ? 1 : 10)
        for value in [nil] + chosen.map(Optional.some) {
          // What would nest too deep cannot be written.
          guard let bytes = try? MessagePackWriter.bytes(of: good.setting(place, to: value)) else { continue }
          try Self.expectErrorOrFidelity(bytes, at: path, "\(value?.shortDescription ?? "nothing") at \(place)")
        }
      }
    }
  }

  @Test("any element of a list twice gives a clear error or a dump that is kept byte for byte")
  func anythingTwice() throws {
    try withTemporaryDirectory { directory in
      for place in Self.good.places {
        guard let elements = Self.good.at(place)?.elements, let first = elements.first else { continue }
        let twice = Self.good.setting(place, to: .array([first] + elements))
        try Self.expectErrorOrFidelity(MessagePackWriter.bytes(of: twice), at: directory.appending("dump"), "\(place)")
      }
    }
  }

  private static let episode: [Step] = ["episodes", 0]
  private static let huge = MessagePackValue.packed(PackedList(shape: [2], elements: .int64([1 << 40, 1 << 20])))

  static let lies: [(place: [Step], value: MessagePackValue?, reason: String)] = [
    (["_num_timesteps_added"], .int(-1), "_num_timesteps_added is -1, expected a count"),
    (["_num_episodes_evicted"], nil, "_num_episodes_evicted is missing, expected a count"),
    (["_num_episodes_evicted"], .int(.max), "_num_episodes_evicted is 9223372036854775807, expected a count"),
    (["_num_episodes_evicted"], .int(1 << 59), "_indices names step 0 of episode 1 twice or outside"),
    (["_indices"], .array([]), "_indices lists 0 steps, the episodes have 9"),
    (["_indices"], .int(3), "_indices is no list of 3 integers each"),
    (["_indices", 0, 0], .int(.min), "_indices names step 0 of episode -9223372036854775808 twice or outside"),
    (["_indices", 0, 1], .int(.min), "_indices names step -9223372036854775808 of episode 1 twice or outside"),
    (["_indices", 1, 1], .int(0), "_indices names step 0 of episode 1 twice or outside"),
    (["_indices", 0, 2], .int(-1), "_indices names a leaf outside of the 16 of _sum_segment"),
    (["_indices", 0, 2], .int(16), "_indices names a leaf outside of the 16 of _sum_segment"),
    (["_indices", 1, 2], good.at(["_indices", 0, 2]), "_indices names the leaf 12 twice"),
    (["_sum_segment"], .string("x"), "_sum_segment is no list of numbers whose length is a power of two"),
    (["_sum_segment", 0], nil, "_sum_segment is no list of numbers whose length is a power of two"),
    (
      ["_free_nodes"], .ext(type: 114, bytes: Array("rlbuf".utf8)),
      "it holds the extension 114 \"rlbuf\", which stands for what a converted dump holds elsewhere"
    ),
    (episode, .nil, "episode number 0 lacks id_, t_started, t, is_terminated or is_truncated"),
    (episode + ["t_started"], .int(-1), "episode number 0 lacks id_, t_started, t, is_terminated or is_truncated"),
    (episode + ["t"], .int(1 << 48), "episode number 0 lacks id_, t_started, t, is_terminated or is_truncated"),
    (
      episode + ["t"], .int(1 << 47),
      "\"obs\" of episode \"e1\" has 10 entries, expected 140737488355329 for 140737488355328 steps and 0 of lookback"
    ),
    (
      episode + ["observations", "lookback"], .int(.max),
      "\"obs\" of episode \"e1\" has 10 entries, expected 10 for 9 steps and 9223372036854775807 of lookback"
    ),
    (
      episode + ["actions", "lookback"], .int(.min),
      "\"actions\" of episode \"e1\" has a lookback of -9223372036854775808"
    ),
    (
      episode + ["rewards", "data", 0], nil,
      "\"rewards\" of episode \"e1\" has 8 entries, expected 9 for 9 steps and 0 of lookback"
    ),
    (episode + ["actions"], .int(5), "\"actions\" of episode \"e1\" has no data"),
    (episode + ["observations", "data"], nil, "\"obs\" of episode \"e1\" has no data"),
    (
      episode + ["id_"], .string(String(repeating: "\u{1b}[2J\n", count: 20)),
      "\"rewards\" of episode \"\\u{1b}[2J\\u{a}\\u{1b}[2J\\u{a}\\u{1b}[2J\\u{a}...\" has 8 entries, "
        + "expected 9 for 9 steps and 0 of lookback"
    ),
  ]

  @Test("a dump that contradicts itself is refused in words", arguments: lies)
  func refusal(_ lie: (place: [Step], value: MessagePackValue?, reason: String)) throws {
    var dump = Self.good.setting(lie.place, to: lie.value)
    if lie.reason.contains("\\u{1b}") { dump = dump.setting(Self.episode + ["rewards", "data", 0], to: nil) }
    try withFile(MessagePackWriter.bytes(of: dump)) { path in
      #expect(failure(opening: path) == .invalidDump(path, reason: lie.reason))
    }
  }

  @Test("an episode that stands in it twice is refused")
  func twice() throws {
    let episode = try #require(Self.good.at(Self.episode))
    let dump = Self.good.setting(["episodes"], to: .array([episode, episode]))
    try withFile(MessagePackWriter.bytes(of: dump)) { path in
      #expect(failure(opening: path) == .invalidDump(path, reason: "the episode \"e1\" stands in it twice"))
    }
  }

  @Test("an episode of which nothing is a number cannot claim steps")
  func claimedSteps() throws {
    var dump = Self.good.setting(Self.episode + ["t"], to: .int(1 << 47))
    for key in ["observations", "actions", "rewards"] as [Step] {
      dump = dump.setting(Self.episode + [key, "data"], to: .array([.string("a")]))
    }
    try withFile(MessagePackWriter.bytes(of: dump)) { path in
      let reason = "episode \"e1\" has no list of numbers for any of its 140737488355328 steps"
      #expect(failure(opening: path) == .invalidDump(path, reason: reason))
    }
  }

  static let spaces: [(key: String, value: MessagePackValue)] = [
    ("shape", huge), ("shape", .packed(PackedList(shape: [33], elements: .int64([Int64](repeating: 1, count: 33))))),
    ("shape", .packed(PackedList(shape: [2], elements: .int64([-1, 4])))), ("dtype", .string("|O")),
    ("dtype", .string("<f3")),
    ("dtype", .nil), ("low", .string("%%% not base64")), ("space", .string("graph")), ("space", .int(3)),
    ("space", .string("dict")),
  ]

  @Test("a space that cannot be is no help, and no harm", arguments: spaces)
  func badSpace(_ space: (key: String, value: MessagePackValue)) throws {
    let dump = Self.good.setting(Self.episode + ["observations", "space", .key(space.key)], to: space.value)
    let bytes = try MessagePackWriter.bytes(of: dump)
    try withTemporaryDirectory { try Self.expectErrorOrFidelity(bytes, at: $0.appending("dump"), "\(space)") }
    #expect(try openDump(dump).schema.column("obs").shape == [3])
  }

  @Test("rows that no episode has take no memory, whatever their space says")
  func emptyHugeColumn() throws {
    var dump = try MessagePackReader.value(of: Fixtures.bytes("extra/lengths.msgpack")).setting(
      ["_indices"], to: .array([]))
    let empty = try #require(dump.at(["episodes", 1])).setting(["actions", "space", "shape"], to: Self.huge)
      .setting(["actions", "space", "space"], to: .string("box")).setting(
        ["actions", "space", "dtype"], to: .string("<f4"))
    dump = dump.setting(["episodes"], to: .array((0..<3).map { empty.setting(["id_"], to: .string("\($0)")) }))
    let opened = try openDump(dump)
    #expect(opened.schema.columns.map(\.name) == ["obs", "rewards"])
    #expect(opened.notUnderstood == ["actions: its rows are too large; kept as it is"])
  }

  @Test("a dump nested 40 deep is refused")
  func deep() throws {
    let chain = [UInt8](repeating: 0x91, count: 40) + [0xc0]
    let bytes = try MessagePackWriter.bytes(of: Self.good.setting(["custom"], to: .string("CHAIN")))
    let mark = [0xa5] + Array("CHAIN".utf8)
    let start = try #require(bytes.indices.last { bytes[$0...].starts(with: mark) })
    try withFile(Array(bytes[..<start]) + chain) { path in
      #expect(failure(opening: path) == .messagePack(path, .tooDeep(offset: start + 31, limit: 32)))
    }
  }

  @Test("twenty thousand open episodes get their lanes in no time")
  func manyLanes() throws {
    var entries: [MessagePackValue] = []
    let episode = try #require(
      MessagePackReader.value(of: Fixtures.bytes("extra/lengths.msgpack")).at(["episodes", 2]))
    let small = episode.setting(["infos", "data"], to: .nil).setting(["observations", "space"], to: .nil)
      .setting(["actions"], to: .map([.init(key: .string("data"), value: .array([]))])).setting(
        ["rewards", "space"], to: .nil)
    for number in 0..<20_000 { entries.append(small.setting(["id_"], to: .string("\(number)"))) }
    let dump = Self.good.setting(["episodes"], to: .array(entries)).setting(["_indices"], to: .array([]))
    let opened = try openDump(dump)
    #expect(opened.episodes.episodes.map(\.lane) == Array(0..<20_000))
  }
}
