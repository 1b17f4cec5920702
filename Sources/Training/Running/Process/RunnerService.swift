internal import Environments
internal import MessagePack
internal import StateTree

/// What answers the messages of a run in a runner's process.
struct RunnerService {
  private let algorithms: [any AlgorithmConfig.Type]
  private let environments: EnvironmentCatalogue
  private let callbacks: CallbackRegistry
  /// Nil until the greeting.
  private var body: RunnerBody?

  /// A service that makes what it is asked for out of these.
  init(algorithms: [any AlgorithmConfig.Type], environments: EnvironmentCatalogue, callbacks: CallbackRegistry) {
    self.algorithms = algorithms
    self.environments = environments
    self.callbacks = callbacks
  }

  /// The answer to a message, errors included.
  mutating func answer(_ message: [UInt8]) -> [UInt8] {
    do {
      let state = try StateValue(decoding: message, limits: .forFile(ofBytes: message.count))
      guard body != nil else {
        let made = try makeBody(RunnerGreeting(state))
        body = made
        return Self.encoded(["reply": "ready", "columns": .string(made.runner.form.summary)])
      }
      let request = try RunnerRequest(state)
      return try body?.answer(request).state.encoded() ?? []
    } catch {
      return Self.encoded(RunnerErrorMessage(error).state)
    }
  }

  /// A short message, which can always be encoded.
  static func encoded(_ state: StateValue) -> [UInt8] { (try? state.encoded()) ?? [] }

  private func makeBody(_ greeting: RunnerGreeting) throws -> RunnerBody {
    let name = greeting.config["algorithm"]
    guard let type = algorithms.first(where: { .string($0.algorithm) == name }) else {
      throw TrainingError.wrongAlgorithm(
        expected: algorithms.map { $0.algorithm }.joined(separator: " or "), found: name.map(JSONText.line) ?? "none")
    }
    return try makeBody(type, greeting)
  }

  private func makeBody<Config: AlgorithmConfig>(
    _ type: Config.Type, _ greeting: RunnerGreeting
  ) throws -> RunnerBody {
    var (config, leftovers) = try Config.restored(from: greeting.config, registry: callbacks)
    if let unknown = leftovers.callbacks.first {
      throw TrainingError.callbackSettings(
        name: unknown, reason: "EnvRunnerProcess.serveIfAsked was given no registry that knows it")
    }
    config.common.catalogue = environments
    return try RunnerBody(config, greeting.facts, seed: greeting.seed, incarnation: greeting.incarnation)
  }
}
