public import SystemPackage

/// A name that came from a file or manifest and is safe to append to a directory: one plain component.
public struct Filename: Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with a name.
  public enum Fault: String, Hashable, Sendable, CaseIterable {
    /// It has no characters.
    case empty = "the name is empty"
    /// It contains `/`, so it would leave the directory.
    case separator = "the name contains \"/\""
    /// It contains NUL, where C would end it.
    case nul = "the name contains a NUL byte"
    /// It starts with `.`: hidden files, `.` and `..`.
    case leadingDot = "the name starts with \".\""
    /// It has more than 255 bytes.
    case tooLong = "the name is longer than 255 bytes"
  }

  /// The name.
  public let description: String
  /// The name as a component of a path.
  public let component: FilePath.Component

  /// Accepts a plain name.
  /// - Throws: `.invalidName` with the first fault found.
  public init(validating name: String) throws(FileSystemError) {
    if let fault = Self.fault(in: name) {
      throw FileSystemError(.checkName, FilePath(String(name.prefix(300))), .invalidName(fault))
    }
    guard let component = FilePath.Component(name) else {
      throw FileSystemError(.checkName, FilePath(name), .invalidName(.separator))
    }
    description = name
    self.component = component
  }

  private static func fault(in name: String) -> Fault? {
    let bytes = name.utf8
    guard let first = bytes.first else { return .empty }
    if bytes.contains(UInt8(ascii: "/")) { return .separator }
    if bytes.contains(0) { return .nul }
    if first == UInt8(ascii: ".") { return .leadingDot }
    return bytes.count > 255 ? .tooLong : nil
  }

  /// Names are equal when their bytes are; `String` would call composed and decomposed accents equal.
  public static func == (left: Self, right: Self) -> Bool { left.component == right.component }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) { hasher.combine(component) }
}
