import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing

@testable import Training

@Suite struct EventLogTests {
  private func scalars(_ result: TrainingResult) -> [String: Float] {
    Dictionary(
      uniqueKeysWithValues: SummaryValue.values(of: result).compactMap { tag, value in
        if case .scalar(let number) = value { (tag, number) } else { nil }
      })
  }

  @Test func `finite numbers are scalars under their paths, what says nothing of the training is left out`() {
    let result = TrainingResult([
      "env_runners": ["episode_return_mean": 21.5, "num_episodes": 3, "idle": .double(.nan)], "huge": 1e300,
      "up": .double(.infinity), "done": false, "name": "x", "none": nil, "list": [1, 2], "config": ["lr": 0.1],
      "pid": 7,
      "timestamp": 9, "time_total_s": 1.0, "training_iteration": 4, "time_this_iter_s": 0.5,
    ])
    #expect(
      scalars(result)
        == ["env_runners/episode_return_mean": 21.5, "env_runners/num_episodes": 3, "time_this_iter_s": 0.5])
  }

  @Test func `pictures are pictures, of a series each`() throws {
    let image = try PNGImage(width: 2, height: 1, colors: .grey, pixels: [1, 2])
    let result = TrainingResult([
      "map": image.metricValue, "maps": [image.metricValue, image.metricValue],
      "vector": .tensor(Tensor(vector: [1.0])),
    ])
    let tags = SummaryValue.values(of: result).compactMap { if case .image(image) = $0.value { $0.tag } else { nil } }
    #expect(tags == ["map", "maps/0", "maps/1"])
  }

  @Test func `an event is the bytes that protobuf makes of it`() {
    let event = Event(wallTime: 1, step: 300, contents: .summary([("a", .scalar(0.5))]))
    #expect(
      event.bytes == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 0x0A, 0x0A, 0x08, 0x0A, 0x01, 0x61]
        + [0x15, 0, 0, 0, 0x3F])
    let version = Event(wallTime: 0, step: 0, contents: .fileVersion)
    #expect(version.bytes.suffix(15) == [0x1A, 0x0D] + Array("brain.Event:2".utf8))
    // Ten bytes for a negative number, as protobuf has it.
    let start = Event(wallTime: 0, step: -1, contents: .sessionStart)
    #expect(
      start.bytes.suffix(15) == [
        0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x3A, 0x02, 0x08, 0x01,
      ])
  }

  @Test func `the step is that of the environment, else the iteration`() {
    #expect(EventLog.step(of: TrainingResult(steps: 4000, ["training_iteration": 4])) == 4000)
    #expect(EventLog.step(of: TrainingResult(["training_iteration": 4])) == 4)
    #expect(EventLog.step(of: TrainingResult(["num_env_steps_sampled_lifetime": .double(.nan)])) == 0)
  }

  @Test func `a log goes on in its file, wherever a kill tore it`() throws {
    try withTemporaryDirectory { directory in
      let files = EventFiles(directory)
      var log = try files.log
      #expect(try files.names == [], "nothing is written before there is a result")
      try log.append(TrainingResult(steps: 1, ["a": 1]))
      let name = "events.out.tfevents.1700000000.host"
      let one = try files.bytes(name)
      try log.append(TrainingResult(steps: 2, ["a": 2]))
      let two = try files.bytes(name)
      for count in one.count..<two.count {
        try files.write(Array(two.prefix(count)), to: name)
        var reopened = try files.log
        #expect(try files.bytes(name) == one, "torn at \(count)")
        try reopened.append(TrainingResult(steps: 2, ["a": 2]))
        #expect(try files.bytes(name) == two, "torn at \(count)")
      }
      // Torn in its first record, a file is begun anew.
      for count in [0, 5, 30] {
        try files.write(Array(two.prefix(count)), to: name)
        var reopened = try files.log
        try reopened.append(TrainingResult(steps: 1, ["a": 1]))
        #expect(try files.bytes(name) == one)
      }
      #expect(try files.names == [name])
    }
  }

  @Test func `a damaged file is left as it is, and another begun behind it`() throws {
    try withTemporaryDirectory { directory in
      let files = EventFiles(directory)
      var log = try files.log
      try log.append(TrainingResult(steps: 1, ["a": 1]))
      let name = "events.out.tfevents.1700000000.host"
      var bytes = try files.bytes(name)
      for index in [3, 9, 20, bytes.count - 1] {
        bytes[index] ^= 0x40
        try files.write(bytes, to: name)
        log = try files.log
        try log.append(TrainingResult(steps: 2, ["a": 2]))
        #expect(try files.bytes(name) == bytes)
        #expect(try files.names == [name, "events.out.tfevents.1700000001.host"])
        try POSIXFileSystem().unlink(directory.appending("events.out.tfevents.1700000001.host"))
        bytes[index] ^= 0x40
      }
    }
  }

  @Test func `a length beyond the file is a torn record, one beyond all reason is damage`() throws {
    try withTemporaryDirectory { directory in
      let files = EventFiles(directory)
      let name = "events.out.tfevents.1700000000.host"
      for (length, isTorn) in [(1 << 20, true), (1 << 40, false), (UInt64.max, false)] as [(UInt64, Bool)] {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        let checksum = EventRecord.maskedChecksum(bytes)
        let header = bytes + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) }
        try files.write(header + [1, 2, 3], to: name)
        _ = try files.log
        #expect(try files.bytes(name).isEmpty == isTorn)
      }
    }
  }

  @Test func `every new file comes behind the others, and those of other hosts are left alone`() throws {
    try withTemporaryDirectory { directory in
      var log = try EventFiles(directory, timestamp: 90, host: "a/b").log
      try log.append(TrainingResult(steps: 1, ["a": 1]))
      try log.rewind(to: 0)
      try log.append(TrainingResult(steps: 1, ["a": 2]))
      log = try EventFiles(directory, timestamp: 50, host: "other").log
      try log.append(TrainingResult(steps: 1, ["a": 1]))
      try POSIXFileSystem().createDirectory(directory.appending("events.out.tfevents.99.directory"))
      try EventFiles(directory).write([1], to: "events.out.tfevents.x")
      log = try EventFiles(directory, timestamp: 50, host: "third").log
      try log.append(TrainingResult(steps: 1, ["a": 1]))
      let names = try EventFiles(directory).names.filter { !$0.hasSuffix("directory") && !$0.hasSuffix("x") }
      #expect(
        names == [
          "events.out.tfevents.90.a_b", "events.out.tfevents.91.a_b", "events.out.tfevents.92.other",
          "events.out.tfevents.93.third",
        ])
    }
  }

  @Test func `a rewind without event files writes none`() throws {
    try withTemporaryDirectory { directory in
      var log = try EventFiles(directory).log
      try log.rewind(to: 5)
      #expect(try EventFiles(directory).names == [])
    }
  }

  @Test func `a failed call on the file is told, and the log can go on`() throws {
    try withTemporaryDirectory { directory in
      let files = EventFiles(directory)
      var log = try files.log
      try log.append(TrainingResult(steps: 1, ["a": 1]))
      let broken = directory.appending("events.out.tfevents.1700000000.host")
      try POSIXFileSystem().unlink(broken)
      try POSIXFileSystem().createDirectory(broken)
      #expect(throws: TrainingError.self) { try log.append(TrainingResult(steps: 2, ["a": 2])) }
      try POSIXFileSystem().removeDirectory(broken)
      try log.append(TrainingResult(steps: 2, ["a": 2]))
      #expect(try files.names == ["events.out.tfevents.1700000000.host"])
    }
  }
}
