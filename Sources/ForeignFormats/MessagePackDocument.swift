internal import FileSystems
public import MessagePack
public import SystemPackage

/// A MessagePack file of which nothing more is known: its objects, one after another.
public struct MessagePackDocument: Sendable {
  /// The file.
  public let path: FilePath
  /// Its size, before and after decompression.
  public let info: ForeignFileInfo
  /// The objects in the order of the file.
  public let objects: [MessagePackValue]

  init(_ file: ForeignFile, limits: ForeignLimits) throws(ForeignFormatError) {
    path = file.path
    info = file.info
    if let found = FileSignature.unusable(file.bytes.prefix(FileSignature.byteCount)) {
      throw .notRecognized(file.path, found: found)
    }
    var reader = MessagePackReader(file.bytes, limits: limits.messagePack(file.info))
    var objects: [MessagePackValue] = []
    do throws(MessagePackError) {
      while let object = try reader.next() {
        // Any byte below 0x80 is a number of MessagePack; state always comes in a map or a list.
        guard !objects.isEmpty || object.isContainer else { break }
        guard objects.count < reader.limits.nodes else {
          throw .tooManyNodes(offset: reader.offset, limit: reader.limits.nodes)
        }
        objects.append(object)
      }
    } catch {
      throw .messagePack(file.path, error)
    }
    guard !objects.isEmpty else { throw .notRecognized(file.path, found: Self.loneValue(&reader)) }
    self.objects = objects
  }

  private static func loneValue(_ reader: inout MessagePackReader) -> String {
    reader = MessagePackReader(reader.bytes, limits: reader.limits)
    let first = (try? reader.next())??.shortDescription ?? "nothing"
    return "not state: as MessagePack its first value would be a lone \(first)"
  }
}

extension MessagePackValue {
  fileprivate var isContainer: Bool {
    switch self {
    case .array, .packed, .map: true
    default: false
    }
  }
}
