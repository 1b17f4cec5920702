public import FileSystems
public import SystemPackage

extension SimulatedFileSystem {
  /// Opens a regular file for reading.
  public func open(_ path: FilePath, follow: FollowLinks) throws(FileSystemError) -> OpenFile {
    try attempt(.open, path) { (state) throws(Errno) in
      let node = try state.disk.node(path)
      guard state.disk.file(node) != nil else { throw .isDirectory }
      return state.open(node, path, isWritable: false)
    }
  }

  /// Opens or creates a regular file for appending.
  public func openForAppending(
    _ path: FilePath, permissions: FilePermissions
  ) throws(FileSystemError) -> OpenFile {
    let permissions = permissions.subtracting(creationMask)
    return try attempt(.openForAppending, path) { (state) throws(Errno) in
      if let node = try state.disk.place(path).node {
        guard state.disk.file(node) != nil else { throw .isDirectory }
        return state.open(node, path, isWritable: true, isAppending: true)
      }
      let node = try state.disk.create(path, .newFile(permissions, at: state.disk.clock + 1))
      state.record(.openForAppending, path)
      return state.open(node, path, isWritable: true, isAppending: true)
    }
  }

  /// Creates a file that did not exist.
  public func create(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    let permissions = permissions.subtracting(creationMask)
    return try attempt(.create, path) { (state) throws(Errno) in
      let node = try state.disk.create(path, .newFile(permissions, at: state.disk.clock + 1))
      state.record(.create, path)
      return state.open(node, path, isWritable: true)
    }
  }

  /// Reads once, all that is asked for.
  public func read(
    _ file: OpenFile, at offset: Int64, into bytes: inout OutputSpan<UInt8>
  ) throws(FileSystemError) {
    let contents = try attempt(.read, file.path) { (state) throws(Errno) in
      guard offset >= 0 else { throw .invalidArgument }
      return state.disk.file(try state.opened(file).node)?.contents ?? []
    }
    for byte in contents.dropFirst(Int(offset)).prefix(bytes.freeCapacity) { bytes.append(byte) }
  }

  /// Writes once, all of it.
  public func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileSystemError) -> Int {
    let added = [UInt8](capacity: bytes.count) { output in
      for index in bytes.indices { output.append(bytes[index]) }
    }
    return try attempt(.write, file.path) { (state) throws(Errno) in
      let opened = try state.opened(file)
      guard opened.isWritable else { throw .badFileDescriptor }
      let now = state.disk.tick()
      state.disk.withFile(opened.node) { contents in
        let start = opened.isAppending ? contents.contents.count : opened.offset
        contents.overwrite(added, at: start, now)
        state.opened[file.number]?.offset = start + added.count
      }
      state.record(.write, file.path)
      return added.count
    }
  }

  /// Makes the contents of a file durable.
  public func sync(_ file: OpenFile) throws(FileSystemError) {
    try attempt(.sync, file.path) { (state) throws(Errno) in
      let node = try state.opened(file).node
      guard !state.forgets(.sync, file.path) else { return }
      if state.failsSync() {
        state.disk.loseContents(of: node)
        throw .ioError
      }
      state.disk.sync(node)
      state.record(.sync, file.path)
    }
  }

  /// Closes a file.
  public func close(_ file: OpenFile) throws(FileSystemError) {
    try attempt(.close, file.path) { (state) throws(Errno) in
      let node = try state.opened(file).node
      if state.locks[node] == file.number { state.locks[node] = nil }
      state.opened[file.number] = nil
    }
  }

  /// Locks a file for this open file description.
  public func lock(_ file: OpenFile) throws(FileSystemError) {
    try attempt(.lock, file.path) { (state) throws(Errno) in
      let opened = try state.opened(file)
      guard opened.isWritable else { throw .badFileDescriptor }
      guard state.locks[opened.node, default: file.number] == file.number else { throw .resourceTemporarilyUnavailable }
      state.locks[opened.node] = file.number
    }
  }

  /// Gives up the lock of a file.
  public func unlock(_ file: OpenFile) throws(FileSystemError) {
    try attempt(.lock, file.path) { (state) throws(Errno) in
      let node = try state.opened(file).node
      if state.locks[node] == file.number { state.locks[node] = nil }
    }
  }

  /// Whether another open file description holds the lock of a file.
  public func isLocked(_ file: OpenFile) throws(FileSystemError) -> Bool {
    try attempt(.lock, file.path) { (state) throws(Errno) in
      state.locks[try state.opened(file).node, default: file.number] != file.number
    }
  }

  /// Reserves room for a file, of which there is always enough.
  public func allocate(_ byteCount: Int64, for file: OpenFile) throws(FileSystemError) {
    try attempt(.allocate, file.path) { (state) throws(Errno) in
      guard try state.opened(file).isWritable else { throw .badFileDescriptor }
    }
  }

  /// Sets the size of a file.
  public func truncate(_ file: OpenFile, to byteCount: Int64) throws(FileSystemError) {
    try attempt(.truncate, file.path) { (state) throws(Errno) in
      let opened = try state.opened(file)
      guard opened.isWritable, byteCount >= 0 else { throw .invalidArgument }
      let now = state.disk.tick()
      state.disk.withFile(opened.node) { $0.resize(to: Int(byteCount), now) }
      state.record(.truncate, file.path)
    }
  }

  /// Sets the permissions of a file; they count as durable at once.
  public func setPermissions(_ permissions: FilePermissions, of file: OpenFile) throws(FileSystemError) {
    try attempt(.setPermissions, file.path) { (state) throws(Errno) in
      state.disk.withFile(try state.opened(file).node) { $0.permissions = permissions }
    }
  }

  /// Describes an open file.
  public func status(of file: OpenFile) throws(FileSystemError) -> FileStatus {
    try attempt(.status, file.path) { (state) throws(Errno) in
      try state.disk.status(of: try state.opened(file).node)
    }
  }
}

extension SimulatedDisk.Node {
  fileprivate static func newFile(_ permissions: FilePermissions, at time: Int64) -> Self {
    .file(SimulatedDisk.File(permissions: permissions, modificationSeconds: time))
  }
}

extension SimulatedDisk.File {
  fileprivate mutating func overwrite(_ bytes: [UInt8], at start: Int, _ time: Int64) {
    // What was cut away behind an open file's back reads as zeros.
    if start > contents.count { contents += [UInt8](repeating: 0, count: start - contents.count) }
    contents.replaceSubrange(start..<min(start + bytes.count, contents.count), with: bytes)
    (isDirty, modificationSeconds) = (true, time)
  }

  fileprivate mutating func resize(to count: Int, _ time: Int64) {
    contents = Array(contents.prefix(count)) + [UInt8](repeating: 0, count: max(0, count - contents.count))
    (isDirty, modificationSeconds) = (true, time)
  }
}
