internal import FileSystems
public import StateTree
public import SystemPackage

/// What checking every byte of a file found.
public struct VerificationReport: Sendable, Equatable {
  /// What is wrong, in one word.
  public enum DamageKind: String, Sendable, CaseIterable {
    /// The file ends too early.
    case cut
    /// A frame is not a sound zstd frame.
    case frame
    /// A frame's bytes are not those that were written.
    case digest
    /// A frame's content is not a record that can stand there.
    case record
    /// The pieces of state do not make one tree.
    case state
    /// The index does not say what the frames hold.
    case index
    /// Statistics are not those of the rows.
    case statistics
    /// The summary does not say what the frames hold.
    case summary
    /// The seek table is not the one of these frames.
    case seekTable = "seek-table"
    /// Bytes follow the seek table.
    case trailingBytes = "trailing-bytes"
  }

  /// One thing that is wrong.
  public struct Damage: Sendable, Equatable {
    /// Where it is.
    public var place: BufferFileError.Place
    /// From the smallest step number in the frame to one more than the largest; nil if there is none or nothing says it.
    public var steps: Range<Int>?
    /// The columns that are in the frame; empty if there are none, or the header is gone.
    public var columns: [String] = []
    /// Where the state in the frame belongs; nil for other frames, or if nothing says it.
    public var state: StatePath?
    /// What it is, in one word.
    public var kind: DamageKind
    /// What was found and what was expected, on one line.
    public var message: String
  }

  /// What vouches for the frames that were found whole.
  public enum Evidence: String, Sendable {
    /// The SHA-256 of their bytes, stored in the index.
    case digests
    /// Only zstd's 32-bit checksum of each frame's content, because the index is gone.
    case checksums
  }

  /// The most damages that are listed.
  public static let maximumDamages = 10_000

  /// The file.
  public var path: FilePath
  /// Its bytes.
  public var byteCount: Int
  /// How many frames were checked, damaged ones included and the seek table left out.
  public var frameCount = 0
  /// Everything that is wrong, in the order of the file.
  public var damages: [Damage] = []
  /// How many damages there are beyond those that are listed.
  public var unlistedDamageCount = 0
  /// What vouches for the rows in `wholeRows`.
  public var evidence = Evidence.checksums
  /// The rows that are whole, as ranges in ascending order.
  public var wholeRows: [Range<Int>] = []

  /// From the smallest to one more than the largest step number in rows that are whole, as ranges in ascending order. Of
  /// environments that took turns, others may lie between them.
  public var wholeSteps: [Range<Int>] = []
  /// The state that is not whole, by the paths in the index; nil if there is no index to say what there was.
  public var damagedState: [StatePath]?

  /// Whether nothing is wrong.
  public var isSound: Bool { damages.isEmpty }
  /// How many rows are whole.
  public var wholeRowCount: Int { wholeRows.reduce(0) { $0 + $1.count } }

  /// Puts ranges of steps in order that overlap or meet.
  mutating func joinSteps() {
    var joined: [Range<Int>] = []
    for range in wholeSteps.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.union(range)
      } else {
        joined.append(range)
      }
    }
    wholeSteps = joined
  }

  init(path: FilePath, byteCount: Int) {
    self.path = path
    self.byteCount = byteCount
  }

  mutating func add(
    _ kind: DamageKind, at place: BufferFileError.Place, _ message: String, columns: [String] = []
  ) {
    guard damages.count < Self.maximumDamages else {
      unlistedDamageCount += 1
      return
    }
    damages.append(Damage(place: place, columns: columns, kind: kind, message: printable(message)))
  }

  /// Adds rows behind those that were added before, with the range of their step numbers.
  mutating func addWhole(_ rows: Range<Int>, steps: Range<Int>) {
    if !steps.isEmpty { wholeSteps.append(steps) }
    if let last = wholeRows.indices.last, wholeRows[last].upperBound == rows.lowerBound {
      wholeRows[last] = wholeRows[last].lowerBound..<rows.upperBound
    } else {
      wholeRows.append(rows)
    }
  }
}

extension VerificationReport.Damage: CustomStringConvertible {
  /// The most columns that are named.
  private static let namedColumns = 8

  /// Place and message on one line.
  public var description: String { printable("\(place)\(contents): \(message)") }

  /// What lies there, as far as it is known.
  private var contents: String {
    var text = ""
    if let steps { text += ", steps \(steps.lowerBound)-\(steps.upperBound - 1)" }
    if !columns.isEmpty {
      text += columns.count == 1 ? ", column " : ", columns "
      text += columns.prefix(Self.namedColumns).joined(separator: ", ")
      if columns.count > Self.namedColumns { text += " and \(columns.count - Self.namedColumns) more" }
    }
    if let state { text += state.keys.isEmpty ? ", state" : ", state at \(state)" }
    return text
  }
}
