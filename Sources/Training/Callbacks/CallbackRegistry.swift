public import StateTree

/// A callback that is written into `params.json`, so that restoring a run makes it again.
///
/// What it encodes are its settings; what it learns while running belongs into `Checkpointable`.
public protocol SavedCallback: Callback, Codable {
  /// The name in `params.json`; it must never change and no other type may have it.
  static var registeredName: String { get }
}

/// The callbacks that can be made again from `params.json`, by name.
///
/// A value: `registering(_:)` gives one that knows your own callbacks too.
public struct CallbackRegistry: Sendable {
  private var makers: [String: @Sendable (StateValue) throws -> any SavedCallback] = [:]

  /// A registry without any callback.
  public init() {}

  /// The callbacks that ship.
  public static let shipped = CallbackRegistry()
    .registering(DumpReplayBuffer.self).registering(SaveCheckpoint.self).registering(RestoreReplayBuffer.self)
    .registering(ReportRestore.self).registering(TraceEvents.self).registering(LogAcrobotAngle.self)
    .registering(VisitHeatMap.self)

  /// The registry with one more type; a name that is there already is taken over.
  /// - Parameter prepare: What becomes of a callback that was made, such as where it writes. Default: it stays as it is.
  public func registering<C: SavedCallback>(
    _ type: C.Type, prepare: @escaping @Sendable (C) -> C = { $0 }
  ) -> CallbackRegistry {
    var registry = self
    registry.makers[C.registeredName] = { prepare(try $0.decode(C.self)) }
    return registry
  }

  /// The names it knows, in alphabetical order.
  public var names: [String] { makers.keys.sorted() }

  /// The callback that settings describe, nil if no type of this name is known.
  /// - Throws: `TrainingError.callbackSettings` if the settings are not those of the type.
  public func make(_ name: String, _ settings: StateValue) throws(TrainingError) -> (any SavedCallback)? {
    guard let maker = makers[name] else { return nil }
    do { return try maker(settings) } catch {
      throw .callbackSettings(name: name, reason: String(describing: error))
    }
  }
}

extension ConfiguredCallbacks {
  /// What `params.json` says of the callbacks: name and settings, or that it cannot be made again.
  var state: StateValue {
    .array(
      callbacks.map { callback in
        guard let saved = callback as? any SavedCallback, let settings = try? StateValue(encoding: saved) else {
          return ["name": .string(callback.displayName), "settings": .nil]
        }
        return ["name": .string(type(of: saved).registeredName), "settings": settings]
      })
  }

  /// What `params.json` says of the closures: how many each event has.
  var closureState: StateValue {
    .map(StateMap(closures.counts.map { (StateKey($0.event.rawValue), .integer($0.count)) }))
  }
}
