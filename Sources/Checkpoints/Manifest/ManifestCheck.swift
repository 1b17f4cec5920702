internal import FileSystems

/// Checks what a manifest says against what any checkpoint can be, before a path is made of it.
struct ManifestCheck {
  private let manifest: CheckpointManifest

  init(_ manifest: CheckpointManifest) { self.manifest = manifest }

  /// What cannot be; nil if all can.
  var fault: String? {
    guard manifest.files.count <= CheckpointManifest.fileLimit else {
      return "it names \(manifest.files.count) files, the limit is \(CheckpointManifest.fileLimit)"
    }
    return fileFault ?? componentFault
  }

  private var fileFault: String? {
    var paths = Set<String>()
    var total = 0
    for (index, file) in manifest.files.enumerated() {
      if let reason = ComponentPath.fault(in: file.path) { return "files/\(index)/path is \"\(file.path)\": \(reason)" }
      guard file.path != ExperimentLayout.manifestName, paths.insert(file.path).inserted else {
        return "files/\(index)/path is \"\(file.path)\", which stands there already"
      }
      guard Self.isDigest(file.sha256) else { return "files/\(index)/sha256 is not 64 digits of a SHA-256" }
      let (sum, overflow) = total.addingReportingOverflow(file.byteCount)
      guard !overflow else { return "files/\(index)/bytes is \(file.byteCount)" }
      total = sum
    }
    return nil
  }

  private var componentFault: String? {
    let paths = Set(manifest.files.map(\.path))
    var names = Set<String>()
    for component in manifest.components {
      if let reason = ComponentPath.fault(in: component.name) {
        return "the component \"\(component.name)\": \(reason)"
      }
      guard names.insert(component.name).inserted else { return "the component \"\(component.name)\" stands twice" }
      for path in component.paths where !paths.contains(path) {
        return "the component \"\(component.name)\" needs \"\(path)\", which is not among the files"
      }
    }
    return nil
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}

/// Paths inside a checkpoint: plain names with slashes between them.
enum ComponentPath {
  /// How many names a path may have.
  static let depthLimit = 16

  /// What is wrong with a path; nil if nothing is.
  static func fault(in path: String) -> String? {
    let names = path.split(separator: "/", omittingEmptySubsequences: false)
    guard names.count <= depthLimit else { return "more than \(depthLimit) names" }
    for name in names {
      do { _ = try Filename(validating: String(name)) } catch {
        if case .invalidName(let fault) = error.reason { return fault.rawValue }
        return error.description
      }
    }
    return nil
  }

  /// The file with the state of a component.
  static func file(of component: String) -> String {
    component == "algorithm_state"
      ? component + ExperimentLayout.fileSuffix : "\(component)/state\(ExperimentLayout.fileSuffix)"
  }

  /// Where a segment of a component lies.
  static func segment(_ name: String, of component: String) -> String { "\(component)/\(name)" }
}

extension CheckpointManifest.Component {
  /// The paths of all its files.
  var paths: [String] {
    if case .buffer(_, _, let segments) = content {
      return [file] + segments.map { ComponentPath.segment($0, of: name) }
    }
    return [file]
  }
}
