internal import BufferFiles
internal import MessagePack
internal import StateTree

extension TextRendering {
  func add(_ report: DocumentReport, to page: inout TextPage) {
    let count = report.objectCount == 1 ? "one object" : NumberText.count(report.objectCount, "object")
    add(report.file, title: "MessagePack, \(count)", to: &page)
    for (index, object) in report.objects.enumerated() {
      page.heading(report.objectCount == 1 ? "content" : "object \(NumberText.count(index))")
      add(object, to: &page)
    }
    let hidden = report.objectCount - report.objects.count
    if hidden > 0 { page.paragraph("… \(NumberText.count(hidden, "more object"))", .secondary) }
  }

  /// A tree, one value a line, parts further in than what they are part of.
  func add(_ node: TreeNode, to page: inout TextPage) {
    var lines: [(label: String, text: String)] = []
    let entries =
      node.children.isEmpty ? [(nil as Int?, node)] : node.children.enumerated().map { ($0.offset, $0.element) }
    if !node.children.isEmpty { page.paragraph(Self.describe(node.content), .secondary) }
    for (index, child) in entries { Self.collect(child, index: index, depth: 0, into: &lines) }
    if node.hiddenCount > 0, !node.children.isEmpty {
      lines.append(("… \(NumberText.count(node.hiddenCount)) more", ""))
    }
    var table = TextTable([.init(title: "", minimumWidth: 24), .init(title: "", minimumWidth: 12)])
    for line in lines { table.append([line.label, line.text]) }
    page.table(table)
  }

  private static func collect(
    _ node: TreeNode, index: Int?, depth: Int, into lines: inout [(label: String, text: String)]
  ) {
    let indent = String(repeating: "  ", count: depth)
    let name = node.key.map(label) ?? index.map { "[\($0)]" } ?? ""
    let hidden = node.hiddenCount > 0 && node.children.isEmpty ? ", not followed" : ""
    lines.append((indent + name, describe(node.content) + hidden))
    for (index, child) in node.children.enumerated() { collect(child, index: index, depth: depth + 1, into: &lines) }
    if node.hiddenCount > 0, !node.children.isEmpty {
      lines.append((indent + "  … \(NumberText.count(node.hiddenCount)) more", ""))
    }
  }

  /// A key: plain texts as they are, everything else so that its type shows.
  private static func label(_ key: MessagePackValue) -> String {
    switch key {
    case .text(let bytes): TerminalText.decoded(bytes)
    case .binary(let bytes): "b\"\(TerminalText.decoded(bytes))\""
    default: key.label + ":"
    }
  }

  /// A value in a line.
  static func describe(_ content: TreeNode.Content) -> String {
    switch content {
    case .scalar(let value): scalar(value)
    case .text(let start, let count):
      "\"\(TerminalText.decoded(start))\"" + (start.count < count ? "… (\(NumberText.bytes(count)))" : "")
    case .binary(_, let count, isPickle: true): "\(NumberText.bytes(count)), a Python pickle: never opened"
    case .binary(let start, let count, _): bytes(start, count)
    case .ext(let type, let start, let count): "extension \(type), \(bytes(start, count))"
    case .numbers(let facts): numbers(facts)
    case .tensor(let facts): tensor(facts)
    case .pickledObjects: "numpy array of objects, a Python pickle inside: never opened"
    case .list(let count): "list of \(NumberText.count(count))"
    case .map(let count): "map of \(NumberText.count(count))"
    }
  }

  static func scalar(_ value: MessagePackValue) -> String {
    switch value {
    case .float32(let number): NumberText.number(Double(number), digits: 9)
    case .float64(let number): NumberText.number(number, digits: 17)
    case .timestamp(let time): ISO8601.text(seconds: time.seconds, nanoseconds: time.nanoseconds)
    case .packed(let list): "[" + (list.rows.prefix(8).map(scalar)).joined(separator: ", ") + "]"
    default: value.shortDescription
    }
  }

  private static func bytes(_ start: [UInt8], _ count: Int) -> String {
    let digits = start.prefix(16).hexadecimal
    return NumberText.bytes(count) + (count == 0 ? "" : ": \(digits)" + (count > 16 ? "…" : ""))
  }

  private static func numbers(_ facts: NumberListFacts) -> String {
    let lengths = facts.shape.map { NumberText.count($0) }.joined(separator: " x ")
    let head = "list of \(lengths) \(facts.elementType)\(facts.statistics == nil ? "s" : "")"
    let count = facts.shape.reduce(1, *)
    if facts.shape.count == 1, count <= facts.start.count {
      return head + ": " + facts.start.map { NumberText.number($0, digits: 6) }.joined(separator: ", ")
    }
    return head + range(facts.statistics)
  }

  private static func tensor(_ facts: TensorFacts) -> String {
    let head = facts.shape.isEmpty ? "\(facts.dataType) scalar" : "\(facts.dataType) \(facts.shape)"
    if facts.count == 1, let value = facts.statistics?.minimum { return head + " = " + NumberText.bound(value) }
    return head + range(facts.statistics)
  }

  private static func range(_ statistics: ColumnStatistics?) -> String {
    guard let statistics, statistics.count > 0 else { return "" }
    let nan = statistics.nanCount > 0 ? ", \(NumberText.count(statistics.nanCount)) NaN" : ""
    guard statistics.minimum != nil else { return nan }
    return ", \(NumberText.bound(statistics.minimum)) … \(NumberText.bound(statistics.maximum))\(nan)"
  }
}
