import Glibc
import Testing

@Suite("A loss of power at any moment costs nothing that was acknowledged")
struct PowerLossTests {
  /// Looks at some 70,000 states in two minutes or three; at all there are, in hours, with RLBUF_EXHAUSTIVE=1.
  @Test func `every acknowledged checkpoint is there after a cut at every operation, and the next save succeeds`()
    async throws
  {
    let isExhaustive = unsafe getenv("RLBUF_EXHAUSTIVE") != nil
    let reports = try await withThrowingTaskGroup(of: PowerLossReport.self) { group in
      for scenario in PowerLossScenario.allCases {
        group.addTask { try scenario.report(isExhaustive: isExhaustive) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let count = reports.reduce(0) { $0 + $1.treeCount }
    print("power loss, \(count) distinct trees:")
    for report in reports.sorted(by: { $0.name < $1.name }) {
      print("  \(report)")
      #expect(report.violations.prefix(3) == [], "\(report.name)")
    }
    #expect(count >= 50_000)
  }
}
