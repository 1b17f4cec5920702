internal import Environments
internal import StateTree

/// The callbacks and closures of one place, the algorithm or a runner, and how they are called.
struct CallbackSet: Sendable {
  var callbacks: [any Callback]
  var closures: CallbackClosures

  /// Callbacks of the place's own: copies of values, and what factories make.
  init(_ configured: ConfiguredCallbacks) {
    callbacks = configured.callbacks.map { ($0 as? MadeForEach)?.make() ?? $0 }
    closures = configured.closures
  }

  /// Whether anything is called at the events of runners.
  var listensToRunners: Bool {
    callbacks.contains(where: \.listensToRunners) || closures.counts.contains(where: \.event.isOfRunners)
  }

  /// Calls one event: callbacks in their order, then closures in theirs; the first error ends it.
  /// - Throws: `TrainingError.callback`.
  mutating func fire<Context>(
    _ event: CallbackEvent, _ context: inout Context, _ closures: [CallbackClosures.Closure<Context>],
    _ call: (inout any Callback, inout Context) throws -> Void
  ) throws(TrainingError) {
    for index in callbacks.indices {
      do { try call(&callbacks[index], &context) } catch {
        throw .callback(name: callbacks[index].displayName, event: event, underlying: error)
      }
    }
    try Self.call(closures, event, &context)
  }

  /// Calls closures in their order.
  /// - Throws: `TrainingError.callback`.
  static func call<Context>(
    _ closures: [CallbackClosures.Closure<Context>], _ event: CallbackEvent, _ context: inout Context
  ) throws(TrainingError) {
    for (index, closure) in closures.enumerated() {
      do { try closure(&context) } catch {
        throw .callback(name: "closure \(index + 1)", event: event, underlying: error)
      }
    }
  }
}

extension CallbackSet {
  /// The states of the callbacks that can be saved, with their names; nil for the others.
  var state: StateValue {
    .array(
      callbacks.map { callback in
        ["name": .string(callback.displayName), "state": (callback as? any Checkpointable)?.state ?? .nil]
      })
  }

  /// Gives every callback the state that one of its name had, the n-th of a name that of the n-th.
  /// - Returns: the names in the state that no callback has, and of callbacks that can be saved and found none.
  mutating func restore(from state: StateValue) throws -> (unclaimed: [String], fresh: [String]) {
    guard case .array(let saved) = state else {
      throw StateTreeError.wrongType(path: "callbacks", expected: "an array", found: state.typeName)
    }
    var entries: [(name: String, state: StateValue)] = []
    for (index, element) in saved.enumerated() {
      let reader = try StateReader(element, at: ["callbacks", StateKey("\(index)")])
      entries.append((try reader.string("name"), try reader.value("state")))
    }
    var fresh: [String] = []
    for index in callbacks.indices {
      let name = callbacks[index].displayName
      guard let found = entries.firstIndex(where: { $0.name == name }) else {
        if callbacks[index] is any Checkpointable { fresh.append(name) }
        continue
      }
      let entry = entries.remove(at: found)
      guard entry.state != .nil, let callback = callbacks[index] as? any Callback & Checkpointable else { continue }
      callbacks[index] = try Self.restored(callback, from: entry.state)
    }
    return (entries.filter { $0.state != .nil }.map(\.name), fresh)
  }

  private static func restored<C: Callback & Checkpointable>(_ callback: C, from state: StateValue) throws -> C {
    var callback = callback
    try callback.restore(from: state)
    return callback
  }
}
