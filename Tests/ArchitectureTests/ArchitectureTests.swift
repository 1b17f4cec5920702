import Foundation
import Testing

/// The rules of `Architecture.md`, on this repository.
@Suite struct ArchitectureTests {
  let plan: HousePlan
  let sources: [SwiftSource]

  init() throws {
    plan = try Repository.housePlan()
    sources = try Repository.sources()
  }

  @Test func `The house plan points down only, and each C module has one importer`() {
    let findings = ImportRule.check(plan)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func `Every folder in Sources is a target of the house plan`() throws {
    let strangers = try Repository.entries("Sources").filter { plan.target($0) == nil }
    #expect(strangers.isEmpty)
  }

  @Test func `Every import is within the reach of its target`() {
    #expect(sources.count > 50, "no sources found: the rules would pass on nothing")
    let findings = sources.flatMap { ImportRule.check($0, against: plan) }
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func `No target declares settings of its own or depends on what it may not import`() throws {
    let findings = try PackageRule.check(Repository.text("Package.swift"), against: plan)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func `Every public declaration is documented`() {
    let findings = sources.filter { plan.target($0.target)?.isTestSupport != true }.flatMap(DocumentationRule.check)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func `No file forces, is unsafe without being listed, or is too long`() {
    let findings = sources.flatMap { CodeRule.check($0, unsafeFiles: plan.unsafeFiles) }
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func `No file is listed as unsafe that is not`() {
    let findings = CodeRule.needless(unsafeFiles: plan.unsafeFiles, in: sources)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func `Nothing lies at the top level that does not belong there`() throws {
    let findings = try TopLevelRule.check(Repository.entries("."), allowed: plan.topLevel)
    #expect(findings.isEmpty, "\(report(findings))")
  }
}
