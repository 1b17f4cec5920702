#!/usr/bin/env python3
"""Reads a file of rlbuf without any code of rlbuf, checks it, and prints what is in it as one JSON object.

Needs zstandard and msgpack. The format: Sources/RLBuf/Documentation.docc/Format.md.
Usage: read_rlbuf.py FILE
"""
import functools, hashlib, json, struct, sys

import msgpack, zstandard


class Tensor:
    def __init__(self, type, shape, data):
        self.type, self.shape, self.data = type, shape, data
        self.item = 8 if type[1] in "mM" else int(type[2:]) * (4 if type[1] == "U" else 1)
        assert len(data) == functools.reduce(int.__mul__, shape, self.item), f"{len(data)} bytes for {type} {shape}"

    def __len__(self):
        return self.shape[0]


def value(stored):
    """A value of a record: the maps of msgpack-numpy and those of the byte shuffle become tensors."""
    if isinstance(stored, list):
        return [value(element) for element in stored]
    if not isinstance(stored, dict):
        return stored
    if stored.get(b"nd") is True:
        return Tensor(stored[b"type"], stored[b"shape"], stored[b"data"])
    if "filter" in stored and set(stored) == {"filter", "type", "shape", "data"}:
        assert stored["filter"] == "shuffle", f"unknown filter {stored['filter']}"
        whole = Tensor(stored["type"], stored["shape"], stored["data"])
        planes = len(whole.data) // max(whole.item, 1)
        whole.data = b"".join(whole.data[i::planes] for i in range(planes))
        return whole
    return {key: value(element) for key, element in stored.items()}


def frames(data):
    """The bytes of each frame with its offset; the seek table must describe the file to its last byte."""
    count, descriptor, magic = struct.unpack("<IBI", data[-9:])
    assert (descriptor, magic) == (0x80, 0x8F92EAB1), "no seek table"
    table = data[len(data) - 17 - 12 * count :]
    assert struct.unpack("<II", table[:8]) == (0x184D2A5E, len(table) - 8), "no skippable frame"
    offset = 0
    for number in range(count):
        compressed, content, checksum = struct.unpack_from("<III", table, 8 + 12 * number)
        frame = data[offset : offset + compressed]
        assert struct.unpack("<I", frame[-4:]) == (checksum,), f"frame {number}: another checksum"
        assert zstandard.frame_content_size(frame) == content, f"frame {number}: another size"
        yield offset, frame
        offset += compressed
    assert offset == len(data) - len(table), "bytes between the frames and the seek table"


def record(frame):
    assert zstandard.get_frame_parameters(frame).has_checksum
    content = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompress(frame)
    return value(msgpack.unpackb(content, strict_map_key=False))


def place(tree, path, stored):
    if not path:
        return {**tree, **stored} if isinstance(tree, dict) and isinstance(stored, dict) else stored
    tree = {} if tree is None else tree
    tree[path[0]] = place(tree.get(path[0]), path[1:], stored)
    return tree


def joined(tensors, shape=None):
    rows = [sum(map(len, tensors)), *tensors[0].shape[1:]]
    return Tensor(tensors[0].type, shape or rows, b"".join(tensor.data for tensor in tensors))


def whole(parts):
    values = [part["value"] for part in parts]
    if isinstance(values[0], Tensor):
        return joined(values, parts[0]["part"]["shape"])
    return b"".join(values) if isinstance(values[0], bytes) else sum(values, [])


def check(located, records, summary):
    """Every frame before the index by the index, every frame of the index by the summary."""
    listed = summary["frames"]
    for reference, (offset, frame) in zip(summary["index"], located[listed:-1], strict=True):
        found = (offset, len(frame), hashlib.sha256(frame).digest())
        assert (reference["offset"], reference["compressed_bytes"], reference["sha256"]) == found, "the index was changed"
    stored = b"".join(r["frames"]["sha256"].data for r in records[listed:-1])
    assert stored == b"".join(hashlib.sha256(frame).digest() for _, frame in located[:listed]), "a frame was changed"


def read(data):
    """Header, step numbers, columns, state and summary."""
    located = list(frames(data))
    records = [record(frame) for _, frame in located]
    header, summary = records[0], records[-1]
    assert (header["kind"], header["format"], header["version"], summary["kind"]) == ("header", "rlbuf", 1, "summary")
    check(located, records, summary)
    schema = {column["name"]: column for column in header.get("schema", [])}
    steps, groups, state, parts = [], {name: [] for name in schema}, {}, []
    for r in records[: summary["frames"]]:
        if r["kind"] == "rows":
            first = r["steps"]
            assert r["first_row"] == len(steps)
            steps += struct.unpack(f"<{len(first)}q", first.data) if isinstance(first, Tensor) else range(first, first + r["count"])
            for name in schema:
                groups[name].append(r["columns"][name])
        elif r["kind"] == "state" and "part" not in r:
            state = place(state, r["path"], r["value"])
        elif r["kind"] == "state":
            parts = parts + [r] if r["part"]["first"] else [r]
            if r["part"]["first"] + len(r["value"]) == r["part"]["total"]:
                state = place(state, r["path"], whole(parts))
    empty = {name: [Tensor(column["type"], [0, *column["shape"]], b"")] for name, column in schema.items()}
    columns = {name: joined(group or empty[name]) for name, group in groups.items()}
    return header, steps, columns, state, summary


def digests(stored, path=""):
    """A flat map from path to type and digest, for comparisons with other readers."""
    if isinstance(stored, dict) and stored:
        return {k: d for key, child in stored.items() for k, d in digests(child, f"{path}/{key}").items()}
    if isinstance(stored, Tensor):
        return {path: f"{stored.type} {stored.shape} {hashlib.sha256(stored.data).hexdigest()}"}
    return {path: hashlib.sha256(msgpack.packb(stored)).hexdigest()}


def report(header, steps, columns, state, summary):
    packed = struct.pack(f"<{len(steps)}q", *steps)
    return {
        "rows": len(steps), "steps": sum(step >= 0 for step in steps), "steps_sha256": hashlib.sha256(packed).hexdigest(),
        "columns": {name: digests(column)[""] for name, column in columns.items()},
        "state": digests(state), "metadata": digests(header["metadata"]), "frames": summary["frames"],
    }


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    try:
        print(json.dumps(report(*read(data))))
    except (AssertionError, ValueError, KeyError, TypeError, IndexError, struct.error, zstandard.ZstdError) as error:
        sys.exit(f"read_rlbuf.py: {sys.argv[1]}: {type(error).__name__} {error}")
