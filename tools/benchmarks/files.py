"""Compares writing, loading and saving increments with the peers.

Usage: files.py FILE_BENCHMARK FOLDER [PYTHON]

PYTHON has ray[rllib] 2.60.0, stable-baselines3 2.9, numpy, blosc2, zstandard, msgpack, msgpack-numpy, ormsgpack, and ale-py,
gymnasium and opencv for the frames, which are made once. Every figure is taken in turn with its peer, each in a process of
its own; medians. All files are written and synced.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

ROWS, NEW, RUNS, FRAMES = 1_000_000, 10_000, 5, 200_000
HERE = pathlib.Path(__file__).parent


def run(*command):
    """The JSON object in the last line that a command prints."""
    shown = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return json.loads(shown.stdout.strip().splitlines()[-1])


def line(name, ours, peer, ratio, bar, ok):
    print(name, ours, peer, round(ratio, 4), bar, "ok" if ok else "short", flush=True)


def at_least(name, ours, peer, bar, ratio=None):
    """`bar` is how many times better ours must be; smaller is better."""
    ratio = peer / ours if ratio is None else ratio
    line(name, ours, peer, ratio, bar, ratio >= bar)


def at_most(name, ours, allowed):
    line(name, ours, allowed, ours / allowed, 1, ours <= allowed)


def milliseconds(seconds):
    return round(seconds * 1e3, 3)


def compare_dumps(ask, peers, dump, shuffled):
    ours, filtered = [], {}
    theirs = {peer: [] for peer in ("savez", "blosc2")}
    for _ in range(RUNS):
        plain = ask("dump", ROWS, dump, 3)
        filtered = ask("dump", ROWS, shuffled, 1, "shuffle")
        ours.append(statistics.median(plain["seconds"]))
        for peer in theirs:
            theirs[peer].append(peers(peer, dump))
    seconds, size = statistics.median(ours), plain["bytes"]
    print(f"# files: {plain['raw_bytes']} bytes of rows")
    for peer, faster, smaller in (("savez", 12, 1.8), ("blosc2", 1, 1.6)):
        other = statistics.median(figures["seconds"] for figures in theirs[peer])
        ratio = statistics.median(figures["seconds"] / own for figures, own in zip(theirs[peer], ours))
        at_least(f"files.dump_ms_{peer}", milliseconds(seconds), milliseconds(other), faster, ratio)
        at_least(f"files.dump_bytes_{peer}", size, theirs[peer][0]["bytes"], smaller)
    at_least("files.dump_bytes_blosc2_shuffle", filtered["bytes"], theirs["blosc2"][0]["bytes"], 1.8)
    return seconds, size, filtered["bytes"]


def compare_rllib(ask, peers, dump, seconds, size, filtered):
    theirs = peers("rllib", dump)
    at_least("files.dump_ms_rllib", milliseconds(seconds), milliseconds(theirs["seconds"]), 50)
    at_least("files.dump_bytes_rllib", size, theirs["bytes"], 2)
    at_least("files.dump_bytes_rllib_shuffle", filtered, theirs["bytes"], 2)
    loads = statistics.median(ask("load", dump)["seconds"] for _ in range(RUNS))
    at_least("files.load_ms_rllib", milliseconds(loads), milliseconds(theirs["load_seconds"]), 10)
    return theirs["stall_seconds"]


def compare_loads(ask, peers, dump):
    """Each in a process of its own, as a restore is; the files are in the page cache."""
    peers("pickle", dump)
    pairs = [(ask("load", dump)["seconds"], peers("load-pickle", dump)["seconds"]) for _ in range(2 * RUNS)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    at_least("files.load_ms_sb3", milliseconds(ours), milliseconds(theirs), 1, statistics.median(b / a for a, b in pairs))


def compare_images(ask, python, folder):
    frames = folder / "breakout.frames"
    if not frames.exists():
        subprocess.run([python, HERE / "breakout_frames.py", folder / "frames.partial", str(FRAMES + 1)], check=True)
        os.replace(folder / "frames.partial", frames)
    figures = ask("images", frames, folder / "breakout.msgpack.zst")
    rate = figures["raw_bytes"] / figures["seconds"]
    line("files.images_GB_per_second", round(rate / 1e9, 3), 2, rate / 2e9, 1, rate >= 2e9)
    at_least("files.images_bytes", figures["bytes"], figures["raw_bytes"], 800)


def compare_increments(ask, folder):
    for kind in ("flat", "prioritized"):
        runs = []
        for _ in range(RUNS):
            shutil.rmtree(folder / kind, ignore_errors=True)
            runs.append(ask("increments", folder / kind, kind, ROWS, NEW))
        last = runs[-1]
        if kind == "flat":
            at_least("files.increment_bytes_flat", last["second_bytes"], last["first_bytes"], 20)
            first, second = (statistics.median(run[f"{name}_seconds"] for run in runs) for name in ("first", "second"))
            ratio = statistics.median(run["first_seconds"] / run["second_seconds"] for run in runs)
            at_least("files.increment_ms_flat", milliseconds(second), milliseconds(first), 20, ratio)
        allowed = NEW * last["row_bytes"] + 8 * last["stored"] + (1 << 20)
        at_most(f"files.increment_bytes_allowed_{kind}", last["second_bytes"], allowed)
        shutil.rmtree(folder / kind, ignore_errors=True)


def compare_stalls(ask, folder, rllib):
    shutil.rmtree(folder / "stall", ignore_errors=True)
    figures = ask("stall", folder / "stall", ROWS, 2 * RUNS + 1)
    for kind in ("dump", "checkpoint"):
        stall = statistics.median(figures[f"{kind}_seconds"])
        line(f"files.stall_ms_{kind}", milliseconds(stall), 2, stall / 2e-3, 1, stall < 2e-3)
        if rllib:
            at_least(f"files.stall_ms_{kind}_rllib", milliseconds(stall), milliseconds(rllib), 200)
    shutil.rmtree(folder / "stall", ignore_errors=True)


def compare_memory(ask, dump, folder):
    large = folder / "large.msgpack.zst"
    figures = ask("memory", "write", large, 10 * ROWS)
    at_most("files.write_peak_bytes", figures["peak_bytes"], figures["allowed_bytes"])
    figures = ask("memory", "column", large, 0)
    at_most("files.column_peak_bytes", figures["peak_bytes"], figures["allowed_bytes"])
    large.unlink()


def main():
    benchmark, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    python = sys.argv[3] if len(sys.argv) > 3 else None
    folder.mkdir(parents=True, exist_ok=True)
    dump, shuffled, rllib = folder / "cartpole.msgpack.zst", folder / "shuffled.msgpack.zst", None

    def ask(*arguments):
        return run(benchmark, *arguments)

    def peers(*arguments):
        return run(python, HERE / "files_peers.py", *arguments, folder)

    if python:
        seconds, size, filtered = compare_dumps(ask, peers, dump, shuffled)
        rllib = compare_rllib(ask, peers, dump, seconds, size, filtered)
        compare_loads(ask, peers, dump)
        compare_images(ask, python, folder)
    else:
        figures = ask("dump", ROWS, dump, 3)
        at_least("files.dump_bytes_raw", figures["bytes"], figures["raw_bytes"], 2.7)
        print("# files: the peers are left out, there is no Python with them (name one in RLBUF_PEERS_PYTHON)")
    compare_increments(ask, folder)
    compare_stalls(ask, folder, rllib)
    compare_memory(ask, dump, folder)


main()
