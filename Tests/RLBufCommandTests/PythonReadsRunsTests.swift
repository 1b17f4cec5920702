import Foundation
import Testing

/// The files of a run are for other programs too: Python's own readers are the judge.
@Suite("Python reads runs") struct PythonReadsRunsTests {
  private static let script = """
    import csv, hashlib, json, pathlib, sys
    run = pathlib.Path(sys.argv[1])
    params = json.loads((run / "params.json").read_text())
    text = (run / "checkpoint_000003/checkpoint.json").read_bytes()
    manifest = json.loads(text)
    assert manifest["sha256"] == hashlib.sha256(text[:-83]).hexdigest()
    results = [json.loads(line) for line in (run / "result.json").read_text().splitlines()]
    with open(run / "progress.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert params["replay_buffer_config"]["capacity"] == 600 and params["seed"] == 7
    assert manifest["format"] == "rlbuf-checkpoint" and manifest["exact"] is True
    for file in manifest["files"]:
        assert (run / "checkpoint_000003" / file["path"]).stat().st_size == file["bytes"]
    assert [result["training_iteration"] for result in results] == [1, 2, 3]
    for result, row in zip(results, rows, strict=True):
        assert int(row["training_iteration"]) == result["training_iteration"]
        mean = result["env_runners"]["episode_return_mean"]
        assert mean > 0 and float(row["env_runners/episode_return_mean"]) == mean
        assert result["config"]["lr"] == 0.0005 and not any(key.startswith("config") for key in row)
    print("ok", len(rows[0]))
    """

  @Test func `settings, results, table and manifest are what Python's json and csv take them for`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    #expect(try Runs.train(run, 3, ["--quiet"]).exitCode == 0)
    let outcome = try Binary.run(command: ["/usr/bin/env", "python3", "-c", Self.script, run.path])
    #expect(outcome.exitCode == 0 && outcome.output.hasPrefix("ok "), "\(outcome.errors)")
  }
}
