internal import StateTree

/// Which environments can be made by id: a value that is passed along, to which anyone adds their own.
///
/// ```swift
/// var environments = EnvironmentCatalogue.standard
/// try environments.add("Corridor-v0") { Corridor(length: 10) }
/// let corridor = try environments.makeEnvironment("Corridor-v0")
/// ```
/// - Source: Gymnasium's `register` and `make`, which keep one list for the whole process.
public struct EnvironmentCatalogue: Sendable {
  /// Makes a new environment, independent of all others.
  public typealias Factory = @Sendable () throws -> any Environment

  /// Makes a new environment from what stands behind a prefix.
  public typealias FamilyFactory = @Sendable (String) throws -> any Environment

  private var factories: [String: Factory] = [:]
  private var families: [String: FamilyFactory] = [:]

  /// A catalogue without environments.
  public init() {}

  /// The environments of this module, `Acrobot-v1`, `CartPole-v1`, `FourRooms-v0` and `Pendulum-v1`, and those of
  /// Python's Gymnasium, such as `gymnasium:ALE/Breakout-v5`.
  public static let standard: EnvironmentCatalogue = {
    var catalogue = EnvironmentCatalogue()
    catalogue.factories[Acrobot.id] = { Acrobot() }
    catalogue.factories[CartPole.id] = { CartPole() }
    catalogue.factories[GridWorld.fourRoomsID] = { try GridWorld.fourRooms() }
    catalogue.factories[Pendulum.id] = { Pendulum() }
    catalogue.families[GymnasiumEnvironment.prefix] = { try GymnasiumEnvironment($0) }
    return catalogue
  }()

  /// The known ids, sorted; those of families, of which there may be any number, left out.
  public var ids: [String] { factories.keys.sorted() }

  /// Adds an environment.
  /// - Throws: `EnvironmentError.duplicateEnvironment` for an id that is taken.
  public mutating func add(_ id: String, _ factory: @escaping Factory) throws(EnvironmentError) {
    guard factories[id] == nil else { throw .duplicateEnvironment(id) }
    factories[id] = factory
  }

  /// Adds all environments whose ids begin with a prefix, such as `unity:`; the longest prefix that fits is taken.
  /// - Parameter factory: Gets what stands behind the prefix.
  /// - Throws: `EnvironmentError.duplicateEnvironment` for a prefix that is taken.
  public mutating func addFamily(prefix: String, _ factory: @escaping FamilyFactory) throws(EnvironmentError) {
    guard families[prefix] == nil else { throw .duplicateEnvironment(prefix) }
    families[prefix] = factory
  }

  /// A new environment of this id, before its first reset.
  /// - Throws: `EnvironmentError.unknownEnvironment` with the known ids and the nearest of them; else what the factory
  ///   throws.
  public func makeEnvironment(_ id: String) throws -> any Environment {
    if let factory = factories[id] { return try factory() }
    let prefix = families.keys.filter { id.hasPrefix($0) }.max { $0.count < $1.count }
    guard let prefix, let family = families[prefix] else {
      let known = ids + families.keys.sorted().map { "\($0)ID" }
      throw EnvironmentError.unknownEnvironment(id, known: known, nearest: nearest(to: id))
    }
    return try family(String(id.dropFirst(prefix.count)))
  }

  /// The known id that takes the fewest edits, if that is less than half of its length; upper and lower case and
  /// whatever is no letter or digit count as alike.
  private func nearest(to id: String) -> String? {
    let folded = Self.folded(id)
    let nearest = ids.map { (id: $0, edits: EditDistance.between(folded, Self.folded($0))) }.min { $0.edits < $1.edits }
    guard let nearest, nearest.edits * 2 < Self.folded(nearest.id).count else { return nil }
    return nearest.id
  }

  private static func folded(_ id: String) -> [Character] {
    Array(id.lowercased().filter { $0.isLetter || $0.isNumber })
  }
}
