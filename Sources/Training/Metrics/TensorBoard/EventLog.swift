internal import Checkpoints
internal import FileSystems
internal import StateTree
internal import SystemPackage

/// Writes the results of a run as TensorBoard's event files, `events.out.tfevents.<seconds>.<host>`.
///
/// An iteration is one event, written at once and not synced: `result.json` is what must survive a power cut. A record
/// that a kill tore is cut off when the file is gone on with; a file that is damaged otherwise is left as it is, and
/// another begun. After a restore another file is begun too: its first event tells readers to drop what they know of
/// later steps, as a restore cuts `result.json`.
/// - Source: ray, `tune/logger/tensorboardx.py`. Deviations: the tag is the path, without `ray/tune` before it; the step is
///   that of the environment where RLlib's results lead Tune to count iterations.
struct EventLog: Sendable {
  private static let prefix = ExperimentLayout.eventFilePrefix

  private let directory: FilePath
  private let host: String
  private let fileSystem: any FileSystem
  private let timestamp: @Sendable () -> Int
  /// The file that is gone on with; nil until there is something to write.
  private var path: FilePath?
  /// The step after which readers are to drop what they know, to be said before the next event.
  private var rewoundTo: Int64?

  /// Goes on with the newest file of this host, or begins one with the first result.
  /// - Throws: `TrainingError.fileSystem`.
  init(_ directory: FilePath, _ services: TrainingServices) throws(TrainingError) {
    self.directory = directory
    fileSystem = services.fileSystem
    timestamp = services.clock.timestamp
    host = String(services.machine.host.map { $0 == "/" || $0 == "\0" ? "_" : $0 })
    do throws(FileSystemError) {
      guard let newest = try newestNumber() else { return }
      let path = path(newest)
      // Of another host, whose run may still be writing it, unless it is there under this host's name.
      guard try entries().contains(where: { $0.name == path.lastComponent }) else { return }
      if try fileSystem.cutTornRecord(of: path) { self.path = path }
    } catch { throw .fileSystem(error) }
  }

  /// The step of a result: environment steps over the run's life, else the iteration.
  static func step(of result: TrainingResult) -> Int64 {
    Int64(result["num_env_steps_sampled_lifetime"].flatMap(Int.init(exactly:)) ?? result.iteration)
  }

  /// Appends the finite numbers and pictures of a result.
  /// - Throws: `TrainingError.fileSystem`.
  mutating func append(_ result: TrainingResult) throws(TrainingError) {
    if let step = rewoundTo { try append(.sessionStart, step: step + 1) }
    rewoundTo = nil
    try append(.summary(SummaryValue.values(of: result)), step: Self.step(of: result))
  }

  /// Has the next event begin a file whose readers drop all events after a step, if there are event files at all.
  /// - Throws: `TrainingError.fileSystem`.
  mutating func rewind(to step: Int64) throws(TrainingError) {
    do throws(FileSystemError) {
      guard try newestNumber() != nil else { return }
    } catch { throw .fileSystem(error) }
    path = nil
    rewoundTo = step
  }

  /// Appends an event; after an error the next one goes to another file, since this one may end within a record.
  private mutating func append(_ contents: Event.Contents, step: Int64) throws(TrainingError) {
    let event = Event(wallTime: Double(timestamp()), step: step, contents: contents)
    do throws(FileSystemError) {
      let path: FilePath = if let path = self.path { path } else { path(try newNumber()) }
      self.path = nil
      let file = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.openForAppending(path) }
      do { try append(event, to: file) } catch {
        try? fileSystem.closeOnce(file)
        throw error
      }
      try fileSystem.closeOnce(file)
      self.path = path
    } catch { throw .fileSystem(error) }
  }

  /// Appends an event to an open file, behind the file's version if it is empty.
  private func append(_ event: Event, to file: OpenFile) throws(FileSystemError) {
    let status = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: file) }
    var bytes: [UInt8] = []
    if status.byteCount == 0 {
      bytes = EventRecord.framed(Event(wallTime: event.wallTime, step: 0, contents: .fileVersion).bytes)
    }
    bytes += EventRecord.framed(event.bytes)
    try fileSystem.writeAll(bytes.span, to: file)
  }

  // MARK: Names

  private func path(_ number: Int) -> FilePath { directory.appending("\(Self.prefix)\(number).\(host)") }

  private func entries() throws(FileSystemError) -> [DirectoryEntry] {
    try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.list(directory, follow: .userPath) }
  }

  /// A number behind those that are there, whatever the clock says: readers take files in the order of their names.
  private func newNumber() throws(FileSystemError) -> Int {
    max(timestamp(), try newestNumber().map { $0 + 1 } ?? 0)
  }

  /// The highest number of an event file of any host.
  private func newestNumber() throws(FileSystemError) -> Int? {
    try entries().compactMap { entry in
      guard entry.kind == .regular, entry.name.string.hasPrefix(Self.prefix) else { return nil }
      let number = Int(entry.name.string.dropFirst(Self.prefix.count).prefix { $0.isNumber })
      return number.flatMap { $0 < Int(UInt32.max) ? $0 : nil }
    }.max()
  }
}
