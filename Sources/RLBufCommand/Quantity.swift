import ArgumentParser

/// A length of time as people write it: `90s`, `30m`, `12h`, `7d`, `2w`.
struct AgeArgument: ExpressibleByArgument {
  let duration: Duration

  private static let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]

  init?(argument: String) {
    guard let unit = argument.last, let seconds = Self.seconds[unit], let count = Int64(argument.dropLast()), count > 0
    else { return nil }
    let (total, overflow) = count.multipliedReportingOverflow(by: seconds)
    guard !overflow else { return nil }
    duration = .seconds(total)
  }
}

/// A number of bytes as people write it: `500MB`, `50GB`, `1.5TB`, `512MiB`, `4096`.
struct SizeArgument: ExpressibleByArgument {
  let bytes: Int

  private static let units: [(String, Double)] = [
    ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776), ("kB", 1e3), ("MB", 1e6),
    ("GB", 1e9), ("TB", 1e12), ("B", 1),
  ]

  init?(argument: String) {
    let unit = Self.units.first { argument.hasSuffix($0.0) }
    guard let count = Double(argument.dropLast(unit?.0.count ?? 0)), count.isFinite, count > 0,
      let bytes = Int(exactly: (count * (unit?.1 ?? 1)).rounded()), bytes > 0
    else { return nil }
    self.bytes = bytes
  }
}
