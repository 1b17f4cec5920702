internal import Checkpoints
internal import SystemPackage

/// Listings as one JSON object of the schema `rlbuf.ls/1`, described in `JSON-ls.md`.
public struct ListingJSONRendering: Sendable {
  /// The schema's name and version.
  public static let schema = "rlbuf.ls/1"

  /// A rendering.
  public init() {}

  /// The listings as JSON.
  public func text(of listings: [RunListing]) -> String {
    let empty = listings.filter(\.runs.isEmpty).map { JSONValue.string($0.path.string) }
    let object: JSONValue = [
      "schema": .string(Self.schema), "experiments": .array(listings.flatMap(\.runs).map(JSONRendering.run)),
      "without_experiments": .array(empty),
    ]
    return object.text
  }
}

extension JSONRendering {
  /// An experiment as `ls` and `show` tell it.
  static func run(_ run: RunListing.Run) -> JSONValue {
    let listing = run.listing
    return [
      "path": .string(listing.path.string), "running": .bool(run.isRunning), "disk_bytes": .integer(run.byteCount),
      "checkpoints": .array(listing.checkpoints.map(checkpoint)), "dumps": .array(listing.dumps.map(dump)),
      "superseded": .array(listing.superseded.map { .string($0.string) }), "other_names": .integer(listing.otherNames),
    ]
  }

  private static func checkpoint(_ entry: ExperimentListing.CheckpointEntry) -> JSONValue {
    [
      "iteration": .integer(entry.iteration), "path": .string(entry.path.string),
      "complete": .bool(entry.incompleteBecause == nil), "incomplete_because": .text(entry.incompleteBecause),
      "environment_steps": .integer(entry.environmentSteps), "episode_return_mean": .double(entry.episodeReturn),
      "bytes": .integer(entry.byteCount), "modified": .string(ISO8601.text(seconds: entry.modificationSeconds)),
    ]
  }

  private static func dump(_ entry: ExperimentListing.DumpEntry) -> JSONValue {
    [
      "iteration": .integer(entry.iteration), "path": .string(entry.path.string),
      "readable": .bool(entry.unreadableBecause == nil), "unreadable_because": .text(entry.unreadableBecause),
      "steps": .integer(entry.steps), "bytes": .integer(entry.byteCount),
      "modified": .string(ISO8601.text(seconds: entry.modificationSeconds)),
    ]
  }
}
