internal import MessagePack
internal import StateTree

/// The numbers of a nested list, with the type in which the file holds them.
struct NumberBlock {
  /// How the file holds the numbers: what a nested list keeps of a dtype.
  enum Encoding: String {
    /// Integers of any width.
    case integer
    /// Truth values.
    case bool
    /// Single precision.
    case float32
    /// Double precision.
    case float64
    /// No number at all.
    case empty
    /// Integers and floats side by side, widened to double precision.
    case mixed
  }

  /// The lengths of the nested lists, outermost first.
  let shape: [Int]
  /// The numbers, row-major.
  let elements: PackedList.Elements
  /// How the file holds them.
  let encoding: Encoding

  /// The numbers of a value, or nil if it is not a rectangular list of numbers.
  init?(_ value: MessagePackValue) {
    switch value {
    case .packed(let list):
      guard let encoding = Encoding(list.elements) else { return nil }
      self.init(shape: list.shape, elements: list.elements, encoding: encoding)
    case .array([]):
      self.init(shape: [0], elements: .int64([]), encoding: .empty)
    case .array:
      guard let (shape, doubles) = Self.widened(value) else { return nil }
      self.init(shape: shape, elements: .float64(doubles), encoding: .mixed)
    default: return nil
    }
  }

  private init(shape: [Int], elements: PackedList.Elements, encoding: Encoding) {
    (self.shape, self.elements, self.encoding) = (shape, elements, encoding)
  }

  /// How many entries the outermost list has.
  var rowCount: Int { shape[0] }
  /// The shape of one entry.
  var rowShape: [Int] { Array(shape.dropFirst()) }

  /// Some of the entries.
  func rows(_ range: Range<Int>) -> NumberBlock {
    guard range != 0..<rowCount else { return self }
    let size = rowShape.reduce(1, *)
    return NumberBlock(
      shape: [range.count] + rowShape, elements: elements.range(range.lowerBound * size..<range.upperBound * size),
      encoding: encoding)
  }

  /// The list that the file held, for a block that is not mixed.
  var list: MessagePackValue {
    rowCount == 0 ? .array([]) : .packed(PackedList(shape: shape, elements: elements))
  }

  /// The numbers of lists in which integers and floats stand side by side, all exactly as doubles.
  private static func widened(_ value: MessagePackValue) -> (shape: [Int], doubles: [Double])? {
    switch value {
    case .int(let value): return Double(exactly: value).map { ([], [$0]) }
    case .float32(let value): return value.isNaN ? nil : ([], [Double(value)])
    case .float64(let value): return ([], [value])
    case .array, .packed:
      var (shape, doubles): ([Int]?, [Double]) = (nil, [])
      let elements = value.elements ?? []
      for element in elements {
        guard let part = widened(element), shape == nil || part.shape == shape else { return nil }
        shape = part.shape
        doubles += part.doubles
      }
      return shape.map { ([elements.count] + $0, doubles) }
    default: return nil
    }
  }
}

extension NumberBlock.Encoding {
  /// How a packed list's numbers are held; nil for what are no numbers.
  init?(_ elements: PackedList.Elements) {
    switch elements {
    case .bool: self = .bool
    case .int64, .uint64: self = .integer
    case .float32: self = .float32
    case .float64: self = .float64
    case .emptyMaps: return nil
    }
  }
}

extension PackedList.Elements {
  fileprivate func range(_ range: Range<Int>) -> PackedList.Elements {
    switch self {
    case .bool(let values): .bool(Array(values[range]))
    case .int64(let values): .int64(Array(values[range]))
    case .uint64(let values): .uint64(Array(values[range]))
    case .float32(let values): .float32(Array(values[range]))
    case .float64(let values): .float64(Array(values[range]))
    case .emptyMaps: .emptyMaps(range.count)
    }
  }
}
