// `environ` is a variable of C that nobody changes while it is read here.
@unsafe @preconcurrency internal import Glibc

/// A child process of Python that speaks in messages over a socket, which is its descriptor 0.
///
/// posix_spawn(3) and plain calls on a socket, because `Environment.step` returns when its answer is there:
/// swift-subprocess is asynchronous throughout, and a thread of Swift's pool that waited for its tasks could wait
/// forever. A socket instead of two pipes, because writing to a pipe whose reader died ends the writer with SIGPIPE.
final class PythonProcess: Sendable {
  /// Why a message could not be sent or received.
  enum Failure: Error, Equatable {
    case ended
    case timedOut
    case tooLarge(Int)
  }

  /// The longest message that is accepted: an observation of 256 MiB.
  static let maximumMessageBytes = 256 << 20

  let id: pid_t
  private let descriptor: Int32

  /// Starts `python -c program`, with this process's environment and standard error.
  ///
  /// It gets a process group of its own: Ctrl-C is meant for this process, which then ends the child in its own time.
  /// - Throws: what posix_spawnp(3) or socketpair(2) say.
  init(python: String, program: String) throws(SpawnError) {
    var ends: [Int32] = [-1, -1]
    let isMade = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0
    guard isMade else { throw SpawnError(code: errno) }
    defer { close(ends[1]) }
    do throws(SpawnError) {
      id = try Self.spawn([python, "-c", program], channel: ends[1])
    } catch {
      close(ends[0])
      throw error
    }
    descriptor = ends[0]
  }

  /// What a call of the C library said.
  struct SpawnError: Error {
    let code: Int32

    /// Such as "No such file or directory".
    var reason: String { unsafe String(cString: strerror(code)) }
  }

  /// What an environment variable says.
  static func variable(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

  deinit {
    close(descriptor)
    kill(id, SIGKILL)
    var status: Int32 = 0
    while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
  }

  /// Ends it at once. It stays a zombie until this object goes, so that its number is nobody else's.
  func end() { kill(id, SIGKILL) }

  /// Sends a message, its length first.
  func send(_ message: [UInt8], until deadline: ContinuousClock.Instant) throws(Failure) {
    guard let length = UInt32(exactly: message.count) else { throw .tooLarge(message.count) }
    var rest = ((0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + message)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.send(
          descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
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
  func receive(until deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
    let head = try receive(count: 4, until: deadline)
    let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.maximumMessageBytes else { throw .tooLarge(length) }
    return try receive(count: length, until: deadline)
  }

  private func receive(count: Int, until deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
    var message = [UInt8](repeating: 0, count: count)
    var place = 0
    while place < count {
      try wait(for: POLLIN, until: deadline)
      let received = unsafe message.withUnsafeMutableBytes { bytes in
        unsafe recv(descriptor, bytes.baseAddress.map { unsafe $0 + place }, count - place, 0)
      }
      if received < 0, errno == EINTR { continue }
      guard received > 0 else { throw .ended }
      place += received
    }
    return message
  }

  /// Waits until something can be received or sent; the end of the child is something too.
  private func wait(for event: Int32, until deadline: ContinuousClock.Instant) throws(Failure) {
    while true {
      let remaining = ContinuousClock.now.duration(to: deadline)
      let milliseconds = remaining.components.seconds * 1000 + remaining.components.attoseconds / 1_000_000_000_000_000
      guard milliseconds >= 0 else { throw .timedOut }
      var watched = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let found = unsafe poll(&watched, 1, Int32(clamping: milliseconds))
      if found > 0 { return }
      if found == 0 { throw .timedOut }
      guard errno == EINTR else { throw .ended }
    }
  }

  /// How the process ended that closed its socket: "with exit code 1" or "by signal 9 (Killed)".
  ///
  /// Ends it first, in case it closed the socket and goes on; one that is about to exit keeps its exit code.
  func ending() -> String {
    var information = unsafe siginfo_t()
    end()
    while unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    let status = unsafe information._sifields._sigchld.si_status
    guard unsafe information.si_code != CLD_EXITED else { return "with exit code \(status)" }
    return unsafe "by signal \(status) (\(String(cString: strsignal(status))))"
  }

  private static func spawn(_ command: [String], channel: Int32) throws(SpawnError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, channel, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, 2, 1)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // Signals that this process blocks or ignores are the child's own business.
    var (none, all) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var process: pid_t = 0
    let words = unsafe command.map { unsafe strdup($0) }
    defer { unsafe words.forEach { unsafe free($0) } }
    let code = unsafe posix_spawnp(&process, command[0], &actions, &attributes, words + [nil], environ)
    guard code == 0 else { throw SpawnError(code: code) }
    return process
  }
}
