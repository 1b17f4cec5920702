// `environ` and `stdout` are variables of C that nobody changes while they are read here.
@unsafe @preconcurrency internal import Glibc

/// A child process that speaks in messages over a socket, which is its descriptor 0.
///
/// posix_spawn(3) and plain calls on a socket, because those who wait for an answer have nothing else to do:
/// swift-subprocess is asynchronous throughout, and a thread of Swift's pool that waited for its tasks could wait
/// forever. A socket instead of two pipes, because writing to a pipe whose reader died ends the writer with SIGPIPE.
/// It ends with this object.
package final class ChildProcess: Sendable {
  /// The number of the process.
  package let id: Int32
  /// This process's end of the socket.
  package let socket: MessageSocket

  /// Starts a command, with this process's environment and standard error; what it prints goes to standard error too.
  ///
  /// It gets a process group of its own: Ctrl-C is meant for this process, which then ends the child in its own time.
  /// - Parameter command: A program or a path, and its arguments.
  /// - Parameter variables: What its environment has beside that of this process, or in place of it.
  /// - Parameter maximumMessageBytes: The longest message that is accepted.
  /// - Throws: what posix_spawnp(3) or socketpair(2) say.
  package init(
    _ command: [String], variables: [String: String] = [:], maximumMessageBytes: Int
  ) throws(SpawnError) {
    var ends: [Int32] = [-1, -1]
    let isMade = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0
    guard isMade else { throw SpawnError(code: errno) }
    defer { close(ends[1]) }
    do throws(SpawnError) {
      id = try Self.spawn(command, variables, channel: ends[1])
    } catch {
      close(ends[0])
      throw error
    }
    socket = MessageSocket(descriptor: ends[0], maximumMessageBytes: maximumMessageBytes)
  }

  /// What a call of the C library said.
  package struct SpawnError: Error {
    let code: Int32

    /// Such as "No such file or directory".
    package var reason: String { unsafe String(cString: strerror(code)) }
  }

  /// What an environment variable says.
  package static func variable(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

  /// Removes an environment variable; before there are threads that might read one.
  package static func removeVariable(_ name: String) { unsafe _ = unsetenv(name) }

  /// Has standard output written after every line, so that nothing of it is lost when this process is killed.
  package static func printLineByLine() { unsafe setvbuf(stdout, nil, _IOLBF, 0) }

  deinit {
    close(socket.descriptor)
    kill(id, SIGKILL)
    var status: Int32 = 0
    while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
  }

  /// Ends it at once. It stays a zombie until this object goes, so that its number is nobody else's.
  package func end() { kill(id, SIGKILL) }

  /// How the process ended that closed its socket: "with exit code 1" or "by signal 9 (Killed)".
  ///
  /// Ends it first, in case it closed the socket and goes on; one that is about to exit keeps its exit code.
  package func ending() -> String {
    var information = unsafe siginfo_t()
    end()
    while unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    let status = unsafe information._sifields._sigchld.si_status
    guard unsafe information.si_code != CLD_EXITED else { return "with exit code \(status)" }
    return unsafe "by signal \(status) (\(String(cString: strsignal(status))))"
  }

  private static func spawn(
    _ command: [String], _ variables: [String: String], channel: Int32
  ) throws(SpawnError) -> pid_t {
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
    let additions = unsafe variables.map { unsafe strdup("\($0.key)=\($0.value)") }
    defer { unsafe (words + additions).forEach { unsafe free($0) } }
    let environment = unsafe additions + inherited(without: variables)
    let code = unsafe posix_spawnp(&process, command[0], &actions, &attributes, words + [nil], environment + [nil])
    guard code == 0 else { throw SpawnError(code: code) }
    return process
  }

  /// This process's environment without some variables, as it lies in memory.
  private static func inherited(without variables: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
    var kept: [UnsafeMutablePointer<CChar>?] = unsafe []
    var place = unsafe environ
    while let entry = unsafe place.pointee {
      let name = unsafe String(cString: entry).prefix { $0 != "=" }
      if variables[String(name)] == nil { unsafe kept.append(entry) }
      unsafe place += 1
    }
    return unsafe kept
  }
}
