internal import BufferFiles
public import Checkpoints
public import FileSystems
internal import StateTree
internal import SystemPackage

extension RunCheckpointReport {
  /// The largest state that is read whole for its parameters.
  private static let readBytes = 1 << 30

  /// The report on a checkpoint: manifest, summaries of files, and the states that hold networks.
  ///
  /// The rows of a large buffer are not read. What cannot be read is named in `problems`.
  /// - Throws: `InspectionError` if an option asks for what is not there.
  public init(
    _ checkpoint: Checkpoint, options: ReportOptions = ReportOptions(),
    on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(InspectionError) {
    (path, manifest) = (checkpoint.path, checkpoint.manifest)
    sharing = Sharing(checkpoint, on: fileSystem)
    (components, modules, optimizers, buffers, episodes, states) = ([], [], [], [], [], [])
    problems = checkpoint.passedOver.map { "passed over: \($0)" }
    if !manifest.components.contains(where: \.isBuffer) { try options.refuseRows(path) }
    for component in manifest.components {
      if case .buffer(let kind, let steps, let segments) = component.content {
        add(component, .buffer(kind: kind, steps: steps), checkpoint)
        try addBuffer(BufferSource(component, segments, checkpoint, fileSystem), options)
      } else {
        addState(component, checkpoint, fileSystem)
      }
    }
    components += manifest.omitted.map {
      Component(name: $0.name, content: .omitted(because: $0.because), byteCount: 0, proof: nil)
    }
  }

  private mutating func addBuffer(_ source: BufferSource, _ options: ReportOptions) throws(InspectionError) {
    do {
      let (buffer, problem) = try source.report(options)
      buffers.append(buffer)
      if let problem { problems.append("\(buffer.name): \(problem)") }
    } catch let error as InspectionError where error.isOfOptions {
      throw error
    } catch {
      problems.append("\(source.component.name): \(error)")
    }
  }

  private mutating func addState(
    _ component: CheckpointManifest.Component, _ checkpoint: Checkpoint, _ fileSystem: any FileSystem
  ) {
    do {
      let file = try BufferFile.open(
        checkpoint.path.appending(component.file.pathComponents), follow: .never, on: fileSystem)
      guard file.summary.recordBytes <= Self.readBytes else {
        states.append(State(name: component.name, listing: StateListing(file.summary)))
        return add(component, .state(valueCount: file.summary.stateValueCount), checkpoint)
      }
      let state = try checkpoint.state(component.name)
      add(component, .state(valueCount: file.summary.stateValueCount), checkpoint)
      states.append(State(name: component.name, listing: StateListing(state)))
      modules += ParameterTable.all(in: state, component: component.name, file: FilePath(component.file))
      optimizers += OptimizerReport.all(in: state, component: component.name, file: FilePath(component.file))
      episodes += Episode.all(in: state, component: component.name)
    } catch {
      add(component, .state(valueCount: nil), checkpoint)
      problems.append("\(component.name): \(error)")
    }
  }

  private mutating func add(
    _ component: CheckpointManifest.Component, _ content: Component.Content, _ checkpoint: Checkpoint
  ) {
    components.append(
      Component(
        name: component.name, content: content, byteCount: checkpoint.byteCount(of: component.name),
        proof: manifest.proofs[component.name]))
  }
}

extension InspectionError {
  /// Whether what was asked for is not there, rather than something being damaged.
  fileprivate var isOfOptions: Bool {
    switch self {
    case .unknownColumn, .noRows, .noSuchSteps, .unknownEpisode: true
    default: false
    }
  }
}

extension RunCheckpointReport.Sharing {
  /// What the links of a checkpoint's segments tell: besides the checkpoint and the pool, whoever else names one is
  /// another checkpoint.
  init(_ checkpoint: Checkpoint, on fileSystem: any FileSystem) {
    let pool = ExperimentLayout(checkpoint.path.removingLastComponent()).segments
    for component in checkpoint.manifest.components {
      guard case .buffer(_, _, let names) = component.content else { continue }
      let directory = checkpoint.path.appending(component.file.pathComponents.dropLast())
      for name in names {
        guard let name = FilePath.Component(name), let status = try? fileSystem.status(of: directory.appending(name))
        else { continue }
        segmentCount += 1
        segmentBytes = segmentBytes.addingOrMaximum(Int(status.byteCount))
        let pooled = try? fileSystem.status(of: pool.appending(name))
        let own = pooled?.inode == status.inode && pooled?.device == status.device ? 2 : 1
        guard status.linkCount > own else { continue }
        sharedCount += 1
        sharedBytes = sharedBytes.addingOrMaximum(Int(status.byteCount))
      }
    }
  }
}

extension String {
  /// The parts of a path inside a checkpoint; the manifest's reader has made sure that they are plain names.
  var pathComponents: [FilePath.Component] { split(separator: "/").compactMap { FilePath.Component(String($0)) } }
}
