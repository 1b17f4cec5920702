/// A type that is one plain value of state and is coded without a container.
protocol StateScalar {
  /// The value as state.
  var stateValue: StateValue { get }

  /// The value that `decoder` holds.
  static func decoded(_ decoder: StateDecoder) throws -> Self
}

extension Bool: StateScalar {
  var stateValue: StateValue { .bool(self) }

  static func decoded(_ decoder: StateDecoder) throws -> Bool {
    guard case .bool(let value) = decoder.value else { throw decoder.mismatch(Bool.self, "a bool") }
    return value
  }
}

extension String: StateScalar {
  var stateValue: StateValue { .string(self) }

  static func decoded(_ decoder: StateDecoder) throws -> String {
    guard case .string(let value) = decoder.value else { throw decoder.mismatch(String.self, "a string") }
    return value
  }
}

extension Double: StateScalar {
  var stateValue: StateValue { .double(self) }

  static func decoded(_ decoder: StateDecoder) throws -> Double {
    guard case .double(let value) = decoder.value else { throw decoder.mismatch(Double.self, "a double") }
    return value
  }
}

/// A `Float` is stored as the double of the same value; a NaN keeps sign, signalling bit and payload.
extension Float: StateScalar {
  /// The bits that a double's significand has more.
  private static let extraBits = UInt64(Double.significandBitCount - Float.significandBitCount)

  var stateValue: StateValue {
    guard isNaN else { return .double(Double(self)) }
    // The hardware's conversion would quiet a signalling NaN.
    let sign: UInt64 = bitPattern >> 31 == 1 ? 1 << 63 : 0
    let payload = UInt64(significandBitPattern) << Self.extraBits
    return .double(Double(bitPattern: sign | Double.infinity.bitPattern | payload))
  }

  static func decoded(_ decoder: StateDecoder) throws -> Float {
    let double = try Double.decoded(decoder)
    guard double.isNaN else {
      guard let value = Float(exactly: double) else { throw decoder.corrupted("\(double) is not exactly a Float") }
      return value
    }
    let payload = UInt32(truncatingIfNeeded: double.significandBitPattern >> extraBits)
    let sign: UInt32 = double.bitPattern >> 63 == 1 ? 1 << 31 : 0
    // A payload that lies in the lower bits alone would leave an infinity.
    return Float(
      bitPattern: sign | Float.infinity.bitPattern | (payload == 0 ? Float.nan.significandBitPattern : payload))
  }
}

/// Integers of up to 64 bits.
protocol StateInteger: StateScalar, FixedWidthInteger {}

extension StateInteger {
  var stateValue: StateValue { .integer(self) }

  static func decoded(_ decoder: StateDecoder) throws -> Self {
    let value: Self? =
      switch decoder.value {
      case .int(let value): Self(exactly: value)
      case .unsigned(let value): Self(exactly: value)
      default: throw decoder.mismatch(Self.self, "an integer")
      }
    guard let value else { throw decoder.corrupted("\(decoder.value.shortDescription) does not fit \(Self.self)") }
    return value
  }
}

extension Int: StateInteger {}
extension Int8: StateInteger {}
extension Int16: StateInteger {}
extension Int32: StateInteger {}
extension Int64: StateInteger {}
extension UInt: StateInteger {}
extension UInt8: StateInteger {}
extension UInt16: StateInteger {}
extension UInt32: StateInteger {}
extension UInt64: StateInteger {}

/// Integers of 128 bits are decimal texts, as in the state of `PCG64`.
protocol StateWideInteger: StateScalar, FixedWidthInteger {}

extension StateWideInteger {
  var stateValue: StateValue { .string(String(self)) }

  static func decoded(_ decoder: StateDecoder) throws -> Self {
    let text = try String.decoded(decoder)
    guard let value = Self(decimal: text) else {
      throw decoder.corrupted("the text is not an integer of type \(Self.self) in decimal")
    }
    return value
  }
}

extension Int128: StateWideInteger {}
extension UInt128: StateWideInteger {}
