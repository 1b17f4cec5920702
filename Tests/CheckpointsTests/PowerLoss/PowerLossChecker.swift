import FileSystems
import FileSystemsTestSupport

/// A way of keeping checkpoints, as whoever looks for losses sees it.
protocol CheckpointStore {
  /// Every checkpoint that is offered as complete, by its iteration, with a digest of all that it restores.
  /// - Throws: what makes one that is offered impossible to read.
  func offered(on fileSystem: SimulatedFileSystem) throws -> [Int: String]
  /// The iteration that a restart goes on from; nil if there is none.
  func newest(on fileSystem: SimulatedFileSystem) throws -> Int?
  /// Opens for writing as a restart does, which cleans up, and saves an iteration.
  /// - Returns: the digest of what was saved.
  func goOn(on fileSystem: SimulatedFileSystem, with iteration: Int) throws -> String
  /// What lies about that no checkpoint needs.
  func litter(on fileSystem: SimulatedFileSystem) throws -> [String]
}

/// When which checkpoint was acknowledged, and when it was given up, while a file system recorded.
struct Timeline {
  private enum Event {
    case saved(Int)
    case released(Int)
  }

  let fileSystem: SimulatedFileSystem
  /// The digest of all that was ever saved, by its iteration.
  private(set) var truth: [Int: String] = [:]
  private var events: [(cut: Int, event: Event)] = []

  /// - Parameters:
  ///   - truth: What was saved already.
  ///   - required: Which of it must be there.
  init(_ fileSystem: SimulatedFileSystem, truth: [Int: String] = [:], required: Set<Int> = []) {
    self.fileSystem = fileSystem
    self.truth = truth
    events = required.map { (0, .saved($0)) }
  }

  /// The moment after the last operation alone.
  var end: Timeline {
    let required = required(at: .max)
    let last = fileSystem.stopped()
    return Timeline(last, truth: truth, required: required)
  }

  /// Begins to record, with all that was acknowledged so far.
  mutating func record() {
    let required = required(at: .max)
    fileSystem.record()
    self = Timeline(fileSystem, truth: truth, required: required)
  }

  /// Notes what a save is about to write: from here on it may be there.
  mutating func willSave(_ iteration: Int, _ digest: String) { truth[iteration] = digest }

  /// Notes that `save` has returned: from this very moment it must be there.
  mutating func saved(_ iteration: Int) { events.append((fileSystem.cuts.count - 1, .saved(iteration))) }

  /// Notes that a checkpoint is about to be deleted on purpose: from the next change on it may be gone.
  mutating func released(_ iteration: Int) { events.append((fileSystem.cuts.count, .released(iteration))) }

  /// The checkpoints that must be there after a cut.
  func required(at cut: Int) -> Set<Int> {
    events.filter { $0.cut <= cut }.reduce(into: []) { required, event in
      switch event.event {
      case .saved(let iteration): required.insert(iteration)
      case .released(let iteration): required.remove(iteration)
      }
    }
  }
}

/// Looks at what a loss of power left.
struct PowerLossChecker<Store: CheckpointStore> {
  let store: Store
  let truth: [Int: String]

  /// All that is wrong in a state in which some checkpoints must be there; empty if all is well.
  func violations(in fileSystem: SimulatedFileSystem, required: Set<Int>) -> [String] {
    var found = look(at: fileSystem, required, truth)
    let next = (truth.keys.max() ?? 0) + 1
    do {
      var truth = truth
      truth[next] = try store.goOn(on: fileSystem, with: next)
      found += look(at: fileSystem, required.union([next]), truth).map { "after the next save: \($0)" }
      found += try store.litter(on: fileSystem).map { "after the next save there is litter: \($0)" }
    } catch { found.append("the next save failed: \(error)") }
    return found
  }

  private func look(at fileSystem: SimulatedFileSystem, _ required: Set<Int>, _ truth: [Int: String]) -> [String] {
    var found: [String] = []
    do {
      let offered = try store.offered(on: fileSystem)
      for (iteration, digest) in offered.sorted(by: { $0.key < $1.key }) where truth[iteration] != digest {
        found.append("iteration \(iteration) is offered and is not what was saved")
      }
      for iteration in required.sorted() where offered[iteration] == nil {
        found.append("iteration \(iteration) was acknowledged and is lost")
      }
    } catch { found.append("what is offered cannot be read: \(error)") }
    do {
      let newest = try store.newest(on: fileSystem)
      if let last = required.max(), newest ?? -1 < last {
        found.append("a restart goes on from \(newest.map(String.init) ?? "nothing"), not from \(last)")
      }
    } catch { found.append("a restart finds nothing: \(error)") }
    return found
  }
}

/// What came of looking at every state.
struct PowerLossReport: CustomStringConvertible {
  let name: String
  private(set) var operations = 0
  /// How many states of each model are in no model before it.
  private(set) var trees: [PersistenceModel: Int] = [:]
  private(set) var violations: [String] = []
  private var distinct: Set<Int>

  /// - Parameter distinct: The states that are counted elsewhere already.
  init(_ name: String, without distinct: Set<Int> = []) {
    self.name = name
    self.distinct = distinct
  }

  /// How many states were looked at that are different.
  var treeCount: Int { trees.values.reduce(0, +) }

  var description: String {
    let counts = PersistenceModel.allCases.map { "\($0.rawValue) \(trees[$0, default: 0])" }.joined(separator: ", ")
    return "\(name): \(operations) operations, \(treeCount) distinct trees (\(counts)), \(violations.count) violations"
  }

  /// Looks at every state that the models allow after a cut at every operation that was recorded.
  /// - Parameter limit: As for `PowerCut.forEachTree`.
  /// - Parameter stopsAtFirst: Whether one violation is enough.
  mutating func check(
    _ timeline: Timeline, with store: some CheckpointStore, limit: Int = 10, stopsAtFirst: Bool = false
  ) {
    let cuts = timeline.fileSystem.cuts
    operations += cuts.count - 1
    var seen: Set<Int> = []
    for (number, cut) in cuts.enumerated() {
      let required = timeline.required(at: number)
      // A state that was sound is looked at again once more must be in it.
      if number > 0, required != timeline.required(at: number - 1) { seen = [] }
      for model in PersistenceModel.allCases {
        cut.forEachTree(model, seen: &seen, limit: limit) { tree in
          guard !stopsAtFirst || violations.isEmpty else { return }
          if distinct.insert(tree.digest).inserted { trees[model, default: 0] += 1 }
          let found = PowerLossChecker(store: store, truth: timeline.truth)
            .violations(in: tree.fileSystem(), required: required)
          let place = cut.last.map { "\($0.operation) \($0.path)" } ?? "the beginning"
          violations += found.map { "\(name), cut \(number) after \(place), \(model.rawValue): \($0)" }
        }
      }
    }
  }
}
