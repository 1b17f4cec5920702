import Foundation
import MessagePack

/// A stream of objects in Fixtures/msgpack with what each of them means.
struct Fixture {
  let bytes: [UInt8]
  let truth: [MessagePackValue]

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/msgpack")
    bytes = Array(try Data(contentsOf: folder.appending(path: name + ".msgpack")))
    let json = try Data(contentsOf: folder.appending(path: name + ".json"))
    truth = try JSONDecoder().decode([Truth].self, from: json).map { try $0.value }
  }
}

/// One line of a truth file, in the notation that tools/fixtures/messagepack.py describes.
indirect enum Truth: Decodable, Sendable {
  case text(String)
  case number(Int)
  case flag(Bool)
  case items([Truth])
  case repeated(Truth, count: Int)

  struct Malformed: Error { let truth: Truth }

  private enum Key: CodingKey { case `repeat`, count }

  init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Key.self) {
      self = .repeated(try keyed.decode(Truth.self, forKey: .repeat), count: try keyed.decode(Int.self, forKey: .count))
      return
    }
    let single = try decoder.singleValueContainer()
    if let flag = try? single.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? single.decode(Int.self) {
      self = .number(number)
    } else if let text = try? single.decode(String.self) {
      self = .text(text)
    } else {
      self = .items(try single.decode([Truth].self))
    }
  }

  /// The value as the reader should give it: lists of numbers packed.
  var value: MessagePackValue {
    get throws { naivelyPacked(try plainValue) }
  }

  private var plainValue: MessagePackValue {
    get throws {
      guard case .items(let items) = self, case .text(let type)? = items.first else { throw Malformed(truth: self) }
      switch (type, items.dropFirst().first, items.dropFirst(2).first) {
      case ("nil", nil, nil): return .nil
      case ("bool", .flag(let flag)?, nil): return .bool(flag)
      case ("int", .text(let text)?, nil): return try integer(text)
      case ("float32", .text(let hex)?, nil): return .float32(Float(bitPattern: try bits(hex)))
      case ("float64", .text(let hex)?, nil): return .float64(Double(bitPattern: try bits(hex)))
      case ("str", let body?, nil): return .text(try body.body { Array($0.utf8) })
      case ("str-hex", let body?, nil): return .text(try body.body(fromHex))
      case ("bin", let body?, nil): return .binary(try body.body(fromHex))
      case ("ext", .number(let code)?, let body?): return .ext(type: Int8(code), bytes: try body.body(fromHex))
      case ("time", .text(let seconds)?, .number(let nanoseconds)?):
        return .timestamp(.init(seconds: try signed(seconds), nanoseconds: UInt32(nanoseconds)))
      case ("list", let elements?, nil): return .array(try elements.list.map { try $0.plainValue })
      case ("map", .items(let pairs)?, nil): return .map(try pairs.map { try $0.entry })
      default: throw Malformed(truth: self)
      }
    }
  }

  private var entry: MessagePackValue.MapEntry {
    get throws {
      guard case .items(let pair) = self, pair.count == 2 else { throw Malformed(truth: self) }
      return .init(key: try pair[0].plainValue, value: try pair[1].plainValue)
    }
  }

  private var list: [Truth] {
    get throws {
      switch self {
      case .items(let items): return items
      case .repeated(let unit, let count): return Array(repeating: unit, count: count)
      default: throw Malformed(truth: self)
      }
    }
  }

  private func body(_ bytes: (String) -> [UInt8]) throws -> [UInt8] {
    switch self {
    case .text(let text): return bytes(text)
    case .repeated(.text(let unit), let count): return Array(repeatElement(bytes(unit), count: count).joined())
    default: throw Malformed(truth: self)
    }
  }

  private func integer(_ text: String) throws -> MessagePackValue {
    if let value = UInt64(text) { return .integer(value) }
    return .int(try signed(text))
  }

  private func signed(_ text: String) throws -> Int64 {
    guard let value = Int64(text) else { throw Malformed(truth: self) }
    return value
  }

  private func bits<Bits: FixedWidthInteger>(_ hex: String) throws -> Bits {
    guard let value = Bits(hex, radix: 16) else { throw Malformed(truth: self) }
    return value
  }
}
