/// A text with a path, or anything from a file, as messages show it: what could steer a terminal (control, bidi) or break
/// the line is escaped. Doing it twice changes nothing.
package func printable(_ text: String) -> String {
  var shown = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: shown += "\\u{\(String(scalar.value, radix: 16))}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}
