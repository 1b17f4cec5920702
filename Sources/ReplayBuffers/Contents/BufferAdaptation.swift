public import StateTree

/// What may differ between saved contents and the buffer that they are restored into; without a word, nothing.
public struct BufferAdaptation: Sendable, Equatable {
  /// What to do if the contents were saved by a buffer of another capacity.
  public enum CapacityRule: String, Sendable, CaseIterable {
    /// Refuse, whichever is larger.
    case refuse
    /// Take the contents whole into a larger buffer; refuse a smaller one.
    case grow
    /// Take the newest that fit: steps of a ring, whole episodes of a buffer of episodes.
    case keepNewest
  }

  /// What to do if the capacities differ.
  public var capacity: CapacityRule
  /// The saved names of columns that have another name in the buffer, by that name.
  public var renamedColumns: [String: String]
  /// The columns, by their names in the buffer, whose numbers are cast to the buffer's type.
  public var castColumns: Set<String>

  /// What may differ.
  /// - Parameter capacity: What to do if the capacities differ; refuse by default.
  /// - Parameter renamedColumns: New names to saved names.
  /// - Parameter castColumns: Columns whose type may change, by `Tensor.cast(to:)`.
  public init(
    capacity: CapacityRule = .refuse, renamedColumns: [String: String] = [:], castColumns: Set<String> = []
  ) {
    self.capacity = capacity
    self.renamedColumns = renamedColumns
    self.castColumns = castColumns
  }
}

/// What a restore into a buffer of other settings changed.
public struct AdaptationReport: Sendable, Equatable {
  /// The capacity that the contents were saved with, nil if they do not say it.
  /// - Units: steps.
  public let savedCapacity: Int?
  /// The capacity of the buffer.
  /// - Units: steps.
  public let capacity: Int
  /// How many saved steps did not fit.
  public let droppedSteps: Int
  /// The columns that have another name now, new names to saved names.
  public let renamedColumns: [String: String]
  /// The columns that have another type now, with the saved type.
  public let castColumns: [String: DataType]

  /// Whether the buffer is bit for bit what was saved.
  public var isExact: Bool {
    (savedCapacity ?? capacity) == capacity && renamedColumns.isEmpty && castColumns.isEmpty
  }
}

extension AdaptationReport: CustomStringConvertible {
  /// What changed, in a line.
  public var description: String {
    var parts: [String] = []
    if let savedCapacity, savedCapacity != capacity {
      let dropped = droppedSteps > 0 ? ", the oldest \(droppedSteps) steps dropped" : ""
      parts.append("capacity \(capacity) instead of \(savedCapacity)\(dropped)")
    }
    parts += renamedColumns.sorted { $0.key < $1.key }.map { "\($0.value) is now called \($0.key)" }
    parts += castColumns.sorted { $0.key < $1.key }.map { "\($0.key) was \($0.value)" }
    return parts.isEmpty ? "nothing changed" : parts.joined(separator: "; ")
  }
}
