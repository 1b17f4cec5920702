internal import FileSystems
internal import SystemPackage

/// Where a path leads.
struct SimulatedPlace {
  /// The directories from the root to the one that holds the name, that one last.
  var directories: [Int]
  /// The last name; nil for the root.
  var name: SimulatedDisk.Name?
  /// What has the name; nil if nothing has.
  var node: Int?

  /// The directory that holds the name; the root for itself.
  var directory: Int { directories.last ?? SimulatedDisk.root }
}

extension SimulatedDisk {
  /// Follows a path; only its last name may be missing.
  /// - Throws: ENOENT, ENOTDIR, ENAMETOOLONG, as path_resolution(7) says.
  func place(_ path: FilePath) throws(Errno) -> SimulatedPlace {
    guard !path.isEmpty else { throw .noSuchFileOrDirectory }
    var directories: [Int] = []
    var place = SimulatedPlace(directories: [Self.root], name: nil, node: Self.root)
    for name in path.components {
      guard let node = place.node else { throw .noSuchFileOrDirectory }
      guard let directory = directory(node) else { throw .notDirectory }
      if place.name == nil || directories.last != node { directories.append(node) }
      switch name.kind {
      case .currentDirectory: continue
      case .parentDirectory:
        if directories.count > 1 { directories.removeLast() }
        place = SimulatedPlace(directories: directories, name: nil, node: directories.last)
      case .regular:
        guard name.string.utf8.count <= 255 else { throw .fileNameTooLong }
        place = SimulatedPlace(directories: directories, name: name, node: directory.entries[name])
      }
    }
    return place
  }

  /// The file or directory that a path names.
  func node(_ path: FilePath) throws(Errno) -> Int {
    guard let node = try place(path).node else { throw .noSuchFileOrDirectory }
    return node
  }

  /// Gives a new file or directory a name.
  mutating func create(_ path: FilePath, _ node: Node) throws(Errno) -> Int {
    let place = try place(path)
    guard place.node == nil, let name = place.name else { throw .fileExists }
    let number = add(node)
    change([Change(directory: place.directory, name: name, node: number)])
    return number
  }

  /// Gives a file a second name.
  /// - Source: link(2)
  mutating func link(_ existing: FilePath, as path: FilePath) throws(Errno) {
    let node = try node(existing)
    let place = try place(path)
    guard place.node == nil, let name = place.name else { throw .fileExists }
    guard file(node) != nil else { throw .notPermitted }
    withFile(node) { $0.linkCount += 1 }
    change([Change(directory: place.directory, name: name, node: node)])
  }

  /// Takes a name from a file.
  /// - Source: unlink(2); Linux says EISDIR for a directory.
  mutating func unlink(_ path: FilePath) throws(Errno) {
    let place = try place(path)
    guard let node = place.node else { throw .noSuchFileOrDirectory }
    guard let name = place.name, file(node) != nil else { throw .isDirectory }
    withFile(node) { $0.linkCount -= 1 }
    change([Change(directory: place.directory, name: name, node: nil)])
  }

  /// Takes the name from an empty directory.
  /// - Source: rmdir(2)
  mutating func removeDirectory(_ path: FilePath) throws(Errno) {
    let place = try place(path)
    guard let node = place.node else { throw .noSuchFileOrDirectory }
    guard let name = place.name else { throw .resourceBusy }
    guard let directory = directory(node) else { throw .notDirectory }
    guard directory.entries.isEmpty else { throw .directoryNotEmpty }
    change([Change(directory: place.directory, name: name, node: nil)])
  }

  /// Gives a file or directory another name, as one mutation.
  /// - Source: rename(2), renameat2(2)
  mutating func rename(_ source: FilePath, to destination: FilePath, mode: RenameMode) throws(Errno) {
    let (from, to) = (try place(source), try place(destination))
    guard let moved = from.node else { throw .noSuchFileOrDirectory }
    if mode == .noReplace, to.node != nil { throw .fileExists }
    if mode == .exchange, to.node == nil { throw .noSuchFileOrDirectory }
    guard let oldName = from.name, let newName = to.name else { throw .resourceBusy }
    // A directory into itself is EINVAL, after which POSIXFileSystem tries link(2) where nothing may be replaced.
    guard !to.directories.contains(moved) else { throw mode == .noReplace ? .notPermitted : .invalidArgument }
    if let replaced = to.node {
      if from.directories.contains(replaced) { throw mode == .exchange ? .invalidArgument : .directoryNotEmpty }
      // Two names of one file: rename(2) then does nothing.
      if replaced == moved { return }
      if mode == .replace { try makeRoom(for: moved, at: replaced) }
    }
    change([
      Change(directory: from.directory, name: oldName, node: mode == .exchange ? to.node : nil),
      Change(directory: to.directory, name: newName, node: moved),
    ])
  }

  private mutating func makeRoom(for moved: Int, at replaced: Int) throws(Errno) {
    switch (file(moved) != nil, directory(replaced)) {
    case (true, .some): throw .isDirectory
    case (false, nil): throw .notDirectory
    case (false, let directory?):
      guard directory.entries.isEmpty else { throw .directoryNotEmpty }
    case (true, nil): withFile(replaced) { $0.linkCount -= 1 }
    }
  }
}
