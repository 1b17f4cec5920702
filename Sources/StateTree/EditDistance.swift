/// How far apart two names are, for messages that guess what was meant.
package enum EditDistance {
  /// Insertions, removals and replacements that make one text of the other.
  /// - Complexity: O(product of the lengths)
  /// - Source: Levenshtein 1966.
  package static func between(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, character) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let replaced = diagonal + (character == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
