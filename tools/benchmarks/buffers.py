"""Compares replay buffers with the peers: sampling, updating, adding, memory, snapshots.

Usage: buffers.py BUFFER_BENCHMARK [PYTHON]

PYTHON has cpprb 11, stable-baselines3 2.9 and ray[rllib] 2.60.0; without one the peers are left out and a line says so.
Ours and the peer run in turn, each in a process of its own; medians of their ratios.
"""
import json
import pathlib
import statistics
import subprocess
import sys

RUNS = 3
PEERS = pathlib.Path(__file__).with_name("buffers_peers.py")
BARS = {
    ("cpprb", 200_000): {
        "uniform_32": 15, "uniform_256": 8, "prioritized_32": 8, "prioritized_256": 6, "add_1": 20, "add_1000": 3},
    ("cpprb", 1_000_000): {"uniform_32": 15, "uniform_256": 8, "prioritized_32": 6, "prioritized_256": 5},
    ("sb3", 200_000): {"add_1": 10},
    ("rllib", 200_000): {"uniform_32": 500, "uniform_256": 500, "prioritized_32": 500, "prioritized_256": 500},
}


def run(*command):
    """The JSON object that a command prints last."""
    shown = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return json.loads(shown.stdout.splitlines()[-1])


def line(name, ours, peer, ratio, bar, ok):
    print(name, ours, peer, round(ratio, 3), bar, "ok" if ok else "short", flush=True)


def compare_speed(benchmark, python, peer, rows):
    """Microseconds a call; the ratio is how many times as fast ours is."""
    pairs = [
        (run(benchmark, "speed", rows), run(python, PEERS, peer, rows)) for _ in range(1 if peer == "rllib" else RUNS)
    ]
    for name, bar in BARS[peer, rows].items():
        ours, theirs = (statistics.median(side[name] for side in sides) for sides in zip(*pairs))
        ratio = statistics.median(theirs[name] / ours[name] for ours, theirs in pairs)
        line(f"buffers.{name}_of_{rows}_{peer}_us", round(ours, 3), round(theirs, 2), ratio, bar, ratio >= bar)


def compare_memory(benchmark, kind, rows, allowed):
    figures = run(benchmark, "memory", kind, rows)
    limit = allowed(figures["column_bytes"], figures["chunk_bytes"])
    line(f"buffers.memory_{kind}_bytes", round(figures["bytes"]), round(limit), figures["bytes"] / limit, 1,
         figures["bytes"] <= limit)


def compare_snapshots(benchmark, kind, rows):
    """Milliseconds that the training loop stands still."""
    figures = run(benchmark, "snapshot", kind, rows)
    for name, bar in (("median_ms", 1), ("p99_ms", 5)):
        line(f"buffers.snapshot_{kind}_of_{rows}_{name}", round(figures[name], 4), "-", figures[name] / bar, bar,
             figures[name] < bar)
    # What it costs later has no bar and is stated: the first training step of 32 behind a snapshot, against one without.
    first, usual = figures["first_step_us"], figures["usual_step_us"]
    print(f"buffers.first_step_after_snapshot_{kind}_of_{rows}_us", round(first, 1), round(usual, 1),
          round(first / usual, 1), "-", "-", flush=True)


benchmark = sys.argv[1]
if len(sys.argv) > 2:
    for peer, rows in BARS:
        compare_speed(benchmark, sys.argv[2], peer, rows)
else:
    print("# no peers: name a Python with cpprb, stable-baselines3 and ray[rllib] in RLBUF_PEERS_PYTHON", flush=True)
compare_memory(benchmark, "flat", 1_000_000, lambda columns, chunk: columns + 2 * chunk)
compare_memory(benchmark, "prioritized", 1_000_000, lambda columns, chunk: columns + 2 * chunk + 20 * 1_000_000)
compare_memory(benchmark, "episodes", 1_000_000, lambda columns, chunk: 1.12 * columns)
compare_memory(benchmark, "episodes-by-step", 1_000_000, lambda columns, chunk: 1.12 * columns)
# 4 GiB of rows of 46 bytes.
compare_snapshots(benchmark, "flat", 93_000_000)
compare_snapshots(benchmark, "prioritized", 1_000_000)
compare_snapshots(benchmark, "prioritized", 10_000_000)
held = run(benchmark, "held", 1_000_000)
limit = held["column_bytes"] + 2 * held["chunk_bytes"]
line("buffers.held_snapshot_bytes", round(held["bytes"]), round(limit), held["bytes"] / limit, 1, held["bytes"] <= limit)
