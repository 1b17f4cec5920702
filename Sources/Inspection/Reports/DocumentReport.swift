public import ForeignFormats
internal import MessagePack

/// A MessagePack file of which nothing more is known, as trees.
public struct DocumentReport: Sendable {
  /// The file.
  public var file: FileFacts
  /// How many objects follow each other in it.
  public var objectCount: Int
  /// The objects, as many of the first ones as the limits let through.
  public var objects: [TreeNode]
  /// The limits that the trees keep.
  public var limits: TreeLimits

  /// The report on a MessagePack file.
  public init(_ document: MessagePackDocument, options: ReportOptions = ReportOptions()) {
    file = FileFacts(document.path, .messagePack, document.info)
    objectCount = document.objects.count
    limits = options.tree
    objects = document.objects.prefix(options.tree.entries).map { TreeNode($0, limits: options.tree) }
  }
}
