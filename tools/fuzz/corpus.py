#!/usr/bin/env python3
"""Packs the corpus of a fuzzer into one file, unpacks it, and makes the inputs to begin with.

Usage: corpus.py pack FOLDER FIXTURES | unpack FIXTURES FOLDER | seeds TARGET FOLDER

The file `corpus` holds inputs one after another, each behind its length in four bytes, little-endian, short ones first.
"""
import hashlib, pathlib, subprocess, sys

LIMIT = 64 << 10  # bytes of one packed corpus
FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Fixtures"


def pack(folder, fixtures):
    inputs = sorted((path.read_bytes() for path in folder.iterdir()), key=lambda data: (len(data), data))
    packed, kept = b"", 0
    for data in inputs:
        if len(packed) + 4 + len(data) <= LIMIT:
            packed += len(data).to_bytes(4, "little") + data
            kept += 1
    (fixtures / "corpus").write_bytes(packed)
    print(f"kept {kept} of {len(inputs)} inputs, {len(packed)} bytes")


def put(folder, data):
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def unpack(fixtures, folder):
    for path in sorted(fixtures.iterdir()) if fixtures.exists() else []:
        data = path.read_bytes()
        while path.name == "corpus" and data:
            length = int.from_bytes(data[:4], "little")
            put(folder, data[4 : 4 + length])
            data = data[4 + length :]
        if path.name != "corpus":
            put(folder, data)


def records(path):
    return subprocess.run(["zstd", "-qdc", path], check=True, stdout=subprocess.PIPE).stdout


def seeds(target, folder):
    ours = sorted((FIXTURES / "rlbuf-1").glob("*.msgpack.zst"))
    others = [*(FIXTURES / "msgpack").glob("*.msgpack"), *(FIXTURES / "rllib-2.60.0/extra").glob("*.msgpack")]
    if target in ("messagepack", "state"):
        for data in [path.read_bytes() for path in others] + [records(path) for path in ours]:
            put(folder, data[:4096])
    elif target == "container":
        for path in ours:
            put(folder, path.read_bytes()[-2048:])
            for flags in ([], ["--no-check"], ["-19"]):
                command = ["zstd", "-qc", *flags]
                put(folder, subprocess.run(command, input=records(path)[:2048], check=True, stdout=subprocess.PIPE).stdout)
    elif target == "buffer-file":  # the first byte is the mode, see BufferFileInput
        for path in ours:
            put(folder, b"\0" + path.read_bytes())
            for mode in (b"\1", b"\3", b"\5"):
                put(folder, mode + records(path))
    elif target == "checkpoint":  # see CheckpointInput
        checkpoint = FIXTURES / "rlbuf-1/checkpoint_000004"
        for mode in (b"\0", b"\1"):
            put(folder, mode + (checkpoint / "checkpoint.json").read_bytes())
        for number, path in enumerate(sorted(checkpoint.rglob("*.msgpack.zst"), key=lambda path: path.as_posix())):
            put(folder, bytes([number + 2]) + records(path))
    elif target == "foreign":
        for path in others:
            put(folder, path.read_bytes()[:16384])


def main(command, *arguments):
    {
        "pack": lambda a, b: pack(pathlib.Path(a), pathlib.Path(b)),
        "unpack": lambda a, b: unpack(pathlib.Path(a), pathlib.Path(b)),
        "seeds": lambda a, b: seeds(a, pathlib.Path(b)),
    }[command](*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
