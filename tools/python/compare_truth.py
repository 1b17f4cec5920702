#!/usr/bin/env python3
"""Compares what read_rlbuf.py finds in a file with the truth beside it, as in Fixtures/rlbuf-1.

Usage: compare_truth.py FILE...    the truth of a.msgpack.zst is a.json
"""
import json, struct, sys

import read_rlbuf


def tensor(stored):
    size = stored.item // 2 if stored.type[1] == "c" else stored.item
    code = {"b": "?", "i": "bhiq", "u": "BHIQ", "f": " efd", "c": " efd"}.get(stored.type[1])
    if code:
        values = [number(e, code[size.bit_length() - 1]) for e in elements(stored.data, size)]
    else:
        values = [e.hex() for e in (elements(stored.data, size) if size else [b""] * len(stored))]
    return {"$tensor": stored.type, "shape": stored.shape, "values": values}


def elements(data, size):
    return [data[i : i + size] for i in range(0, len(data), size)]


def number(element, code):
    """A number, or its bits if JSON has no such number."""
    (value,) = struct.unpack("<" + code, element)
    return value if value == value and abs(value) != float("inf") else element[::-1].hex()


def truth(stored):
    """A value as the JSON of Fixtures/rlbuf-1."""
    if isinstance(stored, read_rlbuf.Tensor):
        return tensor(stored)
    if isinstance(stored, bytes):
        return {"$bytes": stored.hex()}
    if isinstance(stored, float) and (stored != stored or abs(stored) == float("inf")):
        return {"$bits": struct.pack(">d", stored).hex()}
    if isinstance(stored, list):
        return [truth(element) for element in stored]
    return {key: truth(element) for key, element in stored.items()} if isinstance(stored, dict) else stored


def compare(header, steps, columns, state, summary, expected):
    """The first part that is not as it should be. Text tells 1, 1.0 and true apart, and -0.0 from 0.0."""
    found = {"header": header, "steps": steps, "columns": columns, "state": state, "summary": summary}
    for name, part in expected.items():
        mine, theirs = truth(found[name]), part
        if name in ("header", "summary"):  # the truth leaves out what is about bytes and sums
            mine = only(mine, theirs)
        assert json.dumps(mine) == json.dumps(theirs), f"{name} is {json.dumps(mine)}, expected {json.dumps(theirs)}"


def only(mine, theirs):
    """What of a value the truth speaks about."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return {key: only(mine[key], child) for key, child in theirs.items()}
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        return [only(*pair) for pair in zip(mine, theirs)]
    return mine


if __name__ == "__main__":
    for path in sys.argv[1:]:
        with open(path, "rb") as file, open(path.removesuffix(".msgpack.zst") + ".json", "rb") as expected:
            try:
                compare(*read_rlbuf.read(file.read()), json.load(expected))
            except AssertionError as error:
                sys.exit(f"compare_truth.py: {path}: {error}")
        print(path)
