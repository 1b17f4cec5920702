"""Times `rlbuf show` on RLlib's default-capacity dump against a fresh Python that only unpacks it.

Usage: show.py RLBUF DUMP.msgpack  (a Python with ormsgpack; run by tools/bench)
Whole processes, in turn, medians of the wall clock; peak memory of ours against the size of the dump.
"""
import os
import statistics
import subprocess
import sys
import time

RUNS = 15
UNPACK = "import sys, ormsgpack; ormsgpack.unpackb(open(sys.argv[1], 'rb').read())"


def run(command):
    """Runs a command to its end; seconds of wall clock and the peak resident bytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def line(name, ours, peer, ratio, bar, ok):
    print(name, ours, peer, round(ratio, 3), bar, "ok" if ok else "short", flush=True)


rlbuf, dump = sys.argv[1:]
ours, peer = [rlbuf, "show", dump], [sys.executable, "-c", UNPACK, dump]
run(ours), run(peer)
pairs = [(run(ours), run(peer)) for _ in range(RUNS)]
mine = statistics.median(a[0] for a, _ in pairs)
theirs = statistics.median(b[0] for _, b in pairs)
ratio = statistics.median(a[0] / b[0] for a, b in pairs)
line("show.milliseconds", round(mine * 1e3, 1), round(theirs * 1e3, 1), ratio, 0.5, ratio <= 0.5)
peak, size = max(a[1] for a, _ in pairs), os.path.getsize(dump)
line("show.peak_bytes", peak, size, peak / size, 8, peak <= 8 * size)
