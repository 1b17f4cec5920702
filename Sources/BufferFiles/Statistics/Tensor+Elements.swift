internal import StateTree

/// The one file of this module that is unsafe: it shows the bytes of a tensor as the numbers they are, without a copy.
extension Tensor {
  /// Hands the elements to `body`; nil if the tensor holds another type.
  func withElements<Scalar: TensorScalar, Result>(
    as type: Scalar.Type, _ body: (Span<Scalar>) -> Result
  ) -> Result? {
    guard dataType == Scalar.dataType, let scalars = alignedOrCopied(as: type) else { return nil }
    switch scalars {
    case .inPlace:
      return unsafe bytes.withUnsafeBytes { raw in
        // Aligned (checked), a whole number of elements (checked when the tensor was made), and any bits are a valid
        // `BitwiseCopyable` number. The span ends with the call of `body`.
        unsafe body(raw.assumingMemoryBound(to: Scalar.self).span)
      }
    case .copied(let scalars):
      return body(scalars.span)
    }
  }

  private enum Elements<Scalar> {
    case inPlace
    case copied([Scalar])
  }

  /// Arrays of bytes begin at multiples of 16 today; nothing promises it, so it is looked at.
  private func alignedOrCopied<Scalar: TensorScalar>(as type: Scalar.Type) -> Elements<Scalar>? {
    let isAligned = unsafe bytes.withUnsafeBytes { raw in
      unsafe raw.baseAddress.map { Int(bitPattern: $0) % MemoryLayout<Scalar>.alignment == 0 } ?? false
    }
    if isAligned { return .inPlace }
    return (try? scalars(as: type)).map { .copied($0) }
  }
}
