/// The memory of long bodies that nobody needs any more, for the next ones of their size.
///
/// Whoever reads one large object after another and is done with each before the next, gives its bodies back here: new
/// memory for each takes the system longer than to fill it.
public struct SpareBodies: Sendable {
  /// The most bodies that are kept.
  private static let limit = 32

  private var bodies: [[UInt8]] = []

  /// None.
  public init() {}

  /// Keeps the memory of a body. If something else still holds it, that stays as it is and nothing is won.
  public mutating func add(_ body: consuming [UInt8]) {
    if bodies.count < Self.limit { bodies.append(body) }
  }

  /// A copy of bytes, in the smallest memory there is for it.
  mutating func copy(of bytes: Span<UInt8>) -> [UInt8] {
    var best: Int?
    for index in bodies.indices where bodies[index].capacity >= bytes.count {
      if let found = best, bodies[found].capacity <= bodies[index].capacity { continue }
      best = index
    }
    var body = best.map { bodies.remove(at: $0) } ?? []
    body.removeAll(keepingCapacity: true)
    unsafe bytes.withUnsafeBufferPointer { unsafe body.append(contentsOf: $0) }
    return body
  }
}
