import ArgumentParser
import FoundationEssentials
import RLBuf
import SystemPackage

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turns a dump of RLlib into a file of rlbuf, and back.",
    discussion: """
      rlbuf convert DUMP OUT.msgpack.zst
          A compact, checked, seekable file that every language can read. Nothing of the dump is lost.
      rlbuf convert FILE OUT.msgpack --to rllib
          The very dump again, byte for byte. Its arrays are lists, as ormsgpack left
          them; RLlib's set_state wants them as arrays again.
      rlbuf convert FILE OUT.msgpack.zst --level archive --filter shuffle
          The same content, as small as it gets. Filtered columns are no longer what msgpack-numpy reads.
      """)

  enum Filter: String, ExpressibleByArgument, CaseIterable { case shuffle }

  enum Target: String, ExpressibleByArgument, CaseIterable { case rlbuf, rllib }

  @Argument(help: "What to convert: a replay buffer that RLlib dumped, or a file of rlbuf.", completion: .file())
  var input: String

  @Argument(help: "The file to write.", completion: .file())
  var output: String

  @Option(help: "What to write: rlbuf, or rllib for a plain dump as RLlib's callback page writes it.")
  var to: Target = .rlbuf

  @Option(
    help: ArgumentHelp(
      "How hard to compress: fast (-3), standard (1), small (6), archive (19), or a number from -131072 to 22.",
      valueName: "preset|number"),
    completion: .list(CompressionLevel.presets.map(\.name)),
    transform: { text in
      guard let level = try CompressionLevel(named: text) else {
        throw ValidationError("give fast, standard, small, archive, or a number from -131072 to 22")
      }
      return level
    })
  var level = CompressionLevel.standard

  @Option(help: "Order the bytes of columns so that they compress better: shuffle. Only rlbuf reads them then.")
  var filter: Filter?

  @Flag(help: "Replace the output if it is there already.")
  var force = false

  @OptionGroup var opening: OpeningOptions

  func run() throws {
    try Failure.reporting {
      guard force || !OutputPath(output).exists else { throw OutputExists(path: output) }
      guard !outputIsInput else { throw OutputIsInput(path: output) }
      let interruption = Interruption(removingTemporariesBeside: FilePath(output))
      defer { interruption.end() }
      let options = WritingOptions(
        level: level, filter: filter.flatMap { ByteFilter(rawValue: $0.rawValue) }, existing: force ? .replace : .refuse, shrinking: .allow)
      switch try SavedState.open(FilePath(input), limits: opening.limits) {
      case .rllibDump(let dump):
        for line in dump.notUnderstood { Console.note("note: " + TerminalText.escaped(line)) }
        try write(dump, sourceBytes: dump.info.fileBytes, options)
      case .bufferFile(let file): try write(try file.contents(), sourceBytes: file.byteCount, options)
      case .rllibCheckpoint, .checkpoint, .experiment, .messagePack: throw NotConvertible(path: input)
      }
    }
  }

  private var outputIsInput: Bool {
    guard let (source, target) = try? (
      POSIXFileSystem().status(of: FilePath(input)), POSIXFileSystem().status(of: FilePath(output)))
    else { return false }
    return source.device == target.device && source.inode == target.inode
  }

  private func write(_ contents: some BufferContents, sourceBytes: Int, _ options: WritingOptions) throws {
    switch to {
    case .rlbuf: try writeFile(contents, sourceBytes: sourceBytes, options)
    case .rllib: try writeDump(contents, options)
    }
  }

  private func writeFile(_ contents: some BufferContents, sourceBytes: Int, _ options: WritingOptions) throws {
    var progress = ProgressLine("converting", of: contents.rowCount)
    defer { progress.end() }
    try BufferFileWriter.write(
      contents, to: FilePath(output), provenance: Provenance.now(source: input, bytes: sourceBytes), options: options,
      progress: { progress.update($0) })
    let file = try BufferFile.open(FilePath(output))
    let sizes = "\(NumberText.bytes(file.byteCount)) from \(NumberText.bytes(sourceBytes))"
    let counts = "\(NumberText.count(file.summary.stepCount)) steps" + (file.summary.episodes.map {
      " in \(NumberText.count($0.count)) episodes"
    } ?? "")
    try Console.write("wrote \(TerminalText.escaped(output)): \(counts), \(sizes)\n")
  }

  /// The bytes of the dump, or, if the output is called .zst, one zstd frame of them.
  private func writeDump(_ contents: some BufferContents, _ options: WritingOptions) throws {
    var bytes = try MessagePackWriter.bytes(of: RLlibDump.value(of: contents))
    if output.hasSuffix(".zst") {
      var compressor = try FrameCompressor(level: options.level)
      bytes = try compressor.compress(bytes.span)
    }
    try POSIXFileSystem().commit(bytes.span, to: FilePath(output), existing: options.existing)
    try Console.write("wrote \(TerminalText.escaped(output)): \(NumberText.bytes(bytes.count))\n")
  }
}

/// Where a result goes.
struct OutputPath {
  private let path: FilePath

  init(_ path: String) { self.path = FilePath(path) }

  /// Whether something is there already.
  var exists: Bool { (try? POSIXFileSystem().status(of: path)) != nil }
}

/// An output that would be lost.
struct OutputExists: Error, CustomStringConvertible {
  let path: String

  var description: String { "\(path) exists already; choose another name, or give --force to replace it" }
}

/// An input that would be replaced by what was made of it.
private struct OutputIsInput: Error, CustomStringConvertible {
  let path: String

  var description: String { "\(path) is the input itself; write to another name, so that the original stays" }
}

/// What has state and no replay buffer.
private struct NotConvertible: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "\(path) is no file with a replay buffer; convert takes a buffer that RLlib dumped or a file of rlbuf, look at it with \"rlbuf show\""
  }
}

/// Who wrote a file, when and from what.
enum Provenance {
  static func now(source: String, bytes: Int) -> StateMap {
    let process = ProcessInfo.processInfo
    return [
      "writer": .string("rlbuf \(RLBufCommand.version)"), "created": .string(Date().formatted(.iso8601)),
      "host": .string(process.hostName), "process": .int(Int64(process.processIdentifier)),
      "source": .string(source), "source_bytes": .int(Int64(bytes)),
    ]
  }
}
