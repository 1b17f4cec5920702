import ForeignFormats
import MessagePack
import ReplayBuffers
import StateTree
import Testing

@Suite("Files of ours that lie about the dump they were made of")
struct HostileContentsTests {
  @Test(
    "any value at any place of the state gives an error or some dump",
    arguments: ["prioritized_small", "lookback", "spaces"])
  func anyValueAnywhere(_ name: String) throws {
    let dump = try openDump(Fixtures.path("extra/\(name).msgpack"))
    for place in dump.state().places {
      for value in [nil] + StateValue.oddities {
        let contents = EditedContents(base: dump, edited: dump.state().setting(place, to: value))
        if let value = try? RLlibDump.value(of: contents) { #expect(value.entries != nil, "\(place)") }
      }
    }
  }

  @Test("what says how a column's numbers were held may lie")
  func columns() throws {
    let dump = try openDump(Fixtures.path("extra/numbers.msgpack"))
    guard case .array(let columns)? = dump.state()["rllib"]?["columns"] else { throw NotThat(found: "no columns") }
    let words: [StateValue] = [
      "integer", "bool", "float32", "float64", "empty", "mixed", "kept", "nonsense", .int(1), [],
    ]
    for index in columns.indices {
      for (key, values) in [
        ("encoding", words), ("path", [[], [.int(.max)], ["observations"], .nil]), ("name", ["obs", ""]),
      ] {
        for value in values {
          var edited = columns
          edited[index] = columns[index].setting([StateKey(key)], to: value)
          let state = dump.state().setting(["rllib", "columns"], to: .array(edited))
          _ = try? RLlibDump.value(of: EditedContents(base: dump, edited: state))
        }
      }
    }
  }

  @Test("contents that did not come from RLlib are refused with the key that is missing")
  func foreign() throws {
    let dump = try openDump(Fixtures.path("extra/lengths.msgpack"))
    let contents = EditedContents(base: dump, edited: dump.state().setting(["rllib"], to: nil))
    #expect(throws: StateTreeError.missingKey(path: "rllib")) { try RLlibDump.value(of: contents) }
  }

  static let impossible: [(place: [StateKey], value: StateValue, error: StateTreeError)] = [
    (
      ["num_episodes_evicted"], .int(.max),
      .invalidValue(path: "num_episodes_evicted", found: "\(Int.max)", expected: "a count")
    ),
    (
      ["episodes", "t_started"], .tensor(Tensor(vector: [Int64.max])),
      .invalidValue(path: "episodes/t_started", found: "\(Int.max)", expected: "a step")
    ),
    (
      ["episodes", "length"], .tensor(Tensor(vector: [Int64(8)])),
      .invalidValue(path: "episodes", found: "9 rows", expected: "10")
    ),
    (
      ["rllib", "tree_capacity"], .int(12),
      .invalidValue(
        path: "rllib/leaves", found: "others", expected: "a leaf for each priority, in a tree of a power of two")
    ),
    (
      ["rllib", "tree_capacity"], .int(1 << 26),
      .invalidValue(
        path: "rllib/tree_capacity", found: "67108864", expected: "a leaf for each step and free node")
    ),
    (["rllib", "skeleton"], .bytes([]), .invalidValue(path: "rllib/skeleton", found: "0 objects", expected: "one")),
    (
      ["rllib", "episode_skeleton"], .tensor(Tensor(vector: [Int64(1)])),
      .invalidValue(path: "rllib/episode_skeleton", found: "other counts", expected: "one for each of 1 episodes")
    ),
  ]

  @Test("impossible state is refused with its place", arguments: impossible)
  func refusal(_ lie: (place: [StateKey], value: StateValue, error: StateTreeError)) throws {
    let dump = try openDump(Fixtures.path("extra/prioritized_small.msgpack"))
    let contents = EditedContents(base: dump, edited: dump.state().setting(lie.place, to: lie.value))
    #expect(throws: lie.error) { try RLlibDump.value(of: contents) }
  }
}
