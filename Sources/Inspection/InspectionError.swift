/// Why something cannot be shown or compared.
public enum InspectionError: Error, Sendable, Equatable {
  /// A replay buffer and something that is none.
  case notComparable(old: DiffReport.Subject, new: DiffReport.Subject)
}
