/// One breach of a rule: where it is and what is wrong.
struct Finding: Equatable, CustomStringConvertible {
  var file: String
  var line: Int?
  var message: String

  var description: String {
    line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
  }
}

/// All findings, one a line.
func report(_ findings: [Finding]) -> String {
  findings.map(\.description).joined(separator: "\n")
}
