"""Compares training with the peers, dumping with not dumping, and restoring with the size of the buffer.

Usage: training.py TRAINING_BENCHMARK FOLDER [PYTHON]

PYTHON has ray[rllib] 2.60.0, stable-baselines3 2.9 and torch; without one the peers are left out and the lines say so.
Every figure is taken in turn with its peer, each in a process of its own on one thread; medians.
"""
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time

RUNS, OUR_STEPS, PEER_STEPS = 5, 8_000, {"sb3": 3_000, "rllib": 1_000}
PPO_RUNS, PPO_ITERATIONS, SAMPLED_STEPS, PEER_SAMPLED_STEPS = 3, 4, 200_000, 2_000
EVENT_NANOSECONDS, CALLED_RUN = 200, 1.03
RESTORED_ROWS, SPARE_BYTES = 1_000_000, 64 << 20
# Where a machine names the kernels of OpenBLAS, that would hold for ours alone: torch brings a library of its own.
os.environ.pop("OPENBLAS_CORETYPE", None)
PROCESS_ROUNDS, PROCESS_STEPS, KILLS = 7, 1_000, 200
PEERS = pathlib.Path(__file__).with_name("training_peers.py")


def run(*command):
    """The JSON object that a command prints."""
    shown = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return json.loads(shown.stdout) if shown.stdout else {}


def line(name, ours, peer, ratio, bar, ok):
    print(name, ours, peer, round(ratio, 3), bar, "ok" if ok else "short", flush=True)


def compare_steps(benchmark, python, peer, bar):
    """Environment steps per second with one update a step."""
    pairs = []
    for _ in range(RUNS):
        ours = run(benchmark, "steps", OUR_STEPS)["steps_per_second"]
        pairs.append((ours, run(python, PEERS, peer, PEER_STEPS[peer])["steps_per_second"]))
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    ratio = statistics.median(a / b for a, b in pairs)
    line(f"training.steps_per_second_{peer}", round(ours), round(theirs), ratio, bar, ratio >= bar)


def compare_policy(benchmark, python):
    """PPO with RLlib's defaults, one runner and one thread each; and sampling alone."""
    for what, ours_count, peer_count, bar in (
        ("ppo", PPO_ITERATIONS, 4_000, 6), ("sampling", SAMPLED_STEPS, PEER_SAMPLED_STEPS, 20)):
        pairs = []
        for _ in range(PPO_RUNS):
            ours = run(benchmark, what, ours_count)["steps_per_second"]
            pairs.append((ours, run(python, PEERS, what, peer_count)["steps_per_second"]))
        ours, theirs = (statistics.median(side) for side in zip(*pairs))
        ratio = statistics.median(a / b for a, b in pairs)
        line(f"training.{what}_steps_per_second_rllib", round(ours), round(theirs), ratio, bar, ratio >= bar)


def compare_callbacks(benchmark):
    """What an event of an empty callback costs, and how much 12 of them slow a run."""
    cost = run(benchmark, "callbacks", SAMPLED_STEPS)["nanoseconds"]
    line("training.empty_callback_event_ns", round(cost, 1), EVENT_NANOSECONDS, cost / EVENT_NANOSECONDS, 1,
         cost <= EVENT_NANOSECONDS)
    ratio = run(benchmark, "callback-run", 40)["ratio"]
    line("training.run_with_12_callbacks", round(ratio, 4), 1, ratio, CALLED_RUN, ratio <= CALLED_RUN)


def compare_dumps(benchmark, folder):
    """An iteration of 1,000 steps with a dump of 50,000 steps, against one without."""
    figures = run(benchmark, "dumps", folder / "dumps")
    ours, peer = (round(figures[side] * 1e3, 1) for side in ("ours", "peer"))
    line("training.dump_every_iteration_ms", ours, peer, figures["ratio"], 1.02, figures["ratio"] <= 1.02)


def compare_memory(benchmark, folder):
    """Peak memory of restoring 1,000,000 flat transitions, against the buffer and 64 MiB."""
    run(benchmark, "save", folder / "restore", RESTORED_ROWS)
    figures = run(benchmark, "restore", folder / "restore")
    peak, allowed = figures["peak_bytes"], figures["buffer_bytes"] + SPARE_BYTES
    line("training.restore_peak_bytes", peak, allowed, peak / allowed, 1, peak <= allowed)


def compare_processes(benchmark):
    """Environment steps per second of two runners in child processes against one, with steps of 1 ms."""
    figures = run(benchmark, "processes", PROCESS_ROUNDS, PROCESS_STEPS)
    ratio = figures["ratio"]
    line("training.two_processes_steps_per_second", round(figures["ours"]), round(figures["peer"]), ratio, 1.6, ratio >= 1.6)


def children(parent):
    """The processes that a process started and that have not ended."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, of = entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[:2]
        except (OSError, IndexError):
            continue  # it ended meanwhile
        if int(of) == parent and state != "Z":
            found.append(int(entry.name))
    return found


def kill_runners(benchmark):
    """Random runners of a run are killed at random moments: all are made anew, no step is counted wrong, none is left."""
    rng, started = random.Random(0), set()
    training = subprocess.Popen([benchmark, "killed", str(KILLS)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    training.stdout.readline()  # all runners are there
    while training.poll() is None:
        time.sleep(rng.uniform(0, 0.2))
        runners = children(training.pid)
        started.update(runners)
        if runners and training.poll() is None:
            os.kill(rng.choice(runners), signal.SIGKILL)
    figures = json.loads(training.stdout.read() or "{}")
    left = sum(pathlib.Path(f"/proc/{runner}").exists() for runner in started) + figures.get("left", 1)
    restarts = figures.get("restarts", 0)
    ok = training.returncode == 0 and restarts >= KILLS and figures["right"] and left == 0
    line("training.killed_runners_made_anew", restarts, KILLS, restarts / KILLS, f"{figures.get('steps')} steps, {left} left", ok)


benchmark, folder = sys.argv[1], pathlib.Path(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
if len(sys.argv) > 3:
    compare_steps(benchmark, sys.argv[3], "sb3", 4)
    compare_steps(benchmark, sys.argv[3], "rllib", 10)
    compare_policy(benchmark, sys.argv[3])
else:
    print("# training.steps_per_second: left out, there is no Python with the peers (name one in RLBUF_PEERS_PYTHON)")
compare_callbacks(benchmark)
compare_processes(benchmark)
kill_runners(benchmark)
compare_dumps(benchmark, folder)
compare_memory(benchmark, folder)
