internal import Glibc

/// One end of a socket on which two processes speak in messages: four bytes of length, little-endian,
/// then as many bytes.
package struct MessageSocket: Sendable {
  /// Why a message could not be sent or received.
  package enum Failure: Error, Equatable {
    /// The other end was closed: its process ended, or closed it.
    case ended
    /// The deadline passed.
    case timedOut
    /// A message of so many bytes, more than are accepted.
    case tooLarge(Int)
  }

  /// The descriptor.
  package let descriptor: Int32
  /// The longest message that is accepted, in bytes.
  package let maximumMessageBytes: Int

  /// The end that a descriptor is; it is not closed with this value.
  package init(descriptor: Int32, maximumMessageBytes: Int) {
    self.descriptor = descriptor
    self.maximumMessageBytes = maximumMessageBytes
  }

  /// Whether the descriptor is a socket at all.
  package var isSocket: Bool {
    var status = Glibc.stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// Sends a message.
  /// - Parameter deadline: nil waits for as long as it takes.
  package func send(_ message: [UInt8], until deadline: ContinuousClock.Instant?) throws(Failure) {
    guard let length = UInt32(exactly: message.count), message.count <= maximumMessageBytes else {
      throw .tooLarge(message.count)
    }
    try send((0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }[...], until: deadline)
    try send(message[...], until: deadline)
  }

  private func send(_ bytes: ArraySlice<UInt8>, until deadline: ContinuousClock.Instant?) throws(Failure) {
    var rest = bytes
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        try wait(for: POLLOUT, until: deadline)
        continue
      }
      guard count > 0 else { throw .ended }
      rest = rest.dropFirst(count)
    }
  }

  /// The next message, once all of it is there.
  /// - Parameter deadline: nil waits for as long as it takes.
  package func receive(until deadline: ContinuousClock.Instant?) throws(Failure) -> [UInt8] {
    let head = try receive(count: 4, until: deadline)
    let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= maximumMessageBytes else { throw .tooLarge(length) }
    return try receive(count: length, until: deadline)
  }

  private func receive(count: Int, until deadline: ContinuousClock.Instant?) throws(Failure) -> [UInt8] {
    var message: [UInt8] = []
    var place = 0
    while place < count {
      if place == message.count {
        // A length is a claim: memory is taken as bytes come.
        message.append(contentsOf: repeatElement(0, count: min(count - place, max(1 << 20, place))))
      }
      try wait(for: POLLIN, until: deadline)
      let room = message.count - place
      let received = unsafe message.withUnsafeMutableBytes { bytes in
        unsafe recv(descriptor, bytes.baseAddress.map { unsafe $0 + place }, room, 0)
      }
      if received < 0, errno == EINTR { continue }
      guard received > 0 else { throw .ended }
      place += received
    }
    return message
  }

  /// Blocks until the other end is closed, whatever is still to be read.
  package func waitForEnd() {
    while true {
      // No event is asked for: poll(2) always tells of a hang-up.
      var watched = pollfd(fd: descriptor, events: 0, revents: 0)
      let found = unsafe poll(&watched, 1, -1)
      if found > 0 || (found < 0 && errno != EINTR) { return }
    }
  }

  /// Waits until something can be received or sent; the end of the other process is something too.
  private func wait(for event: Int32, until deadline: ContinuousClock.Instant?) throws(Failure) {
    while true {
      var watched = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let found = unsafe poll(&watched, 1, try Self.milliseconds(until: deadline))
      if found > 0 { return }
      if found == 0 { throw .timedOut }
      guard errno == EINTR else { throw .ended }
    }
  }

  /// What is left, as poll(2) wants it: -1 for ever.
  private static func milliseconds(until deadline: ContinuousClock.Instant?) throws(Failure) -> Int32 {
    guard let deadline else { return -1 }
    let left = ContinuousClock.now.duration(to: deadline).components
    let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
    guard milliseconds >= 0 else { throw .timedOut }
    return Int32(clamping: milliseconds)
  }
}
