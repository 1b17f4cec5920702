internal import StateTree

/// The state of contents as a buffer of another capacity sees it.
struct AdaptedState: Sendable {
  let state: StateValue
  /// The capacity that was saved, and how many steps there are; nil if the state does not say it.
  private let savedCapacity, savedSteps: Int?

  /// The state with the capacity of the buffer, where it says one and that is allowed.
  /// - Parameter possible: What such a buffer can do.
  /// - Throws: `ReplayBufferError.differentCapacity`, `.state`.
  init(
    _ saved: StateValue, capacity: Int, _ rule: BufferAdaptation.CapacityRule,
    possible: Set<BufferAdaptation.CapacityRule>
  ) throws(ReplayBufferError) {
    savedCapacity = try Self.count("capacity", in: saved)
    savedSteps = try Self.count("num_timesteps", in: saved)
    guard case .map(var map) = saved, let savedCapacity else {
      state = saved
      return
    }
    let needed: BufferAdaptation.CapacityRule = capacity > savedCapacity ? .grow : .keepNewest
    let isAllowed = possible.contains(needed) && (rule == needed || rule == .keepNewest)
    guard capacity == savedCapacity || isAllowed else {
      throw .differentCapacity(saved: savedCapacity, capacity: capacity)
    }
    map["capacity"] = .integer(capacity)
    state = .map(map)
  }

  /// A count of the state, nil if it says nothing.
  private static func count(_ key: StateKey, in state: StateValue) throws(ReplayBufferError) -> Int? {
    guard let value = state[key], value != .nil else { return nil }
    do { return try StateReader(state).count(key) } catch { throw .state(error) }
  }

  /// What is different from what was saved, once the buffer has `count` steps of it.
  func report(
    count: Int, capacity: Int, renamedColumns: [String: String] = [:], castColumns: [String: DataType] = [:]
  ) -> AdaptationReport {
    AdaptationReport(
      savedCapacity: savedCapacity, capacity: capacity, droppedSteps: max(0, (savedSteps ?? count) - count),
      renamedColumns: renamedColumns, castColumns: castColumns)
  }
}
