#!/usr/bin/env python3
"""Reads a file of rlbuf without any code of rlbuf, checks it, and prints what is in it as one JSON object.

Needs zstandard, msgpack and msgpack_numpy. The format: Sources/RLBuf/Documentation.docc/Format.md.
Usage: read_rlbuf.py FILE
"""
import hashlib, json, struct, sys

import msgpack, msgpack_numpy, numpy, zstandard


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def frames(data):
    """The bytes of each frame with its seek table entry; the table must describe the file to its last byte."""
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
    return msgpack.unpackb(content, object_hook=msgpack_numpy.decode, strict_map_key=False, max_bin_len=1 << 31)


def place(tree, path, value):
    if not path:
        return {**tree, **value} if isinstance(tree, dict) and isinstance(value, dict) else value
    tree = {} if tree is None else tree
    tree[path[0]] = place(tree.get(path[0]), path[1:], value)
    return tree


def whole(parts):
    values = [part["value"] for part in parts]
    if isinstance(values[0], numpy.ndarray):
        return numpy.concatenate(values).reshape(parts[0]["part"]["shape"])
    return b"".join(values) if isinstance(values[0], bytes) else sum(values, [])


def digests(value, path=""):
    """A flat map from path to type and digest, for comparisons with other readers."""
    if isinstance(value, dict) and value:
        return {k: d for key, child in value.items() for k, d in digests(child, f"{path}/{key}").items()}
    if isinstance(value, numpy.ndarray):
        return {path: f"{value.dtype.str} {list(value.shape)} {sha256(value.tobytes())}"}
    return {path: sha256(msgpack.packb(value))}


def read(data):
    located = list(frames(data))
    records = [record(frame) for _, frame in located]
    header, summary = records[0], records[-1]
    assert (header["kind"], header["format"], header["version"], summary["kind"]) == ("header", "rlbuf", 1, "summary")
    lists = [r for r in records if r["kind"] == "index"]
    for reference, (offset, frame) in zip(summary["index"], located[summary["frames"] : -1], strict=True):
        assert (reference["offset"], reference["sha256"].hex()) == (offset, sha256(frame)), "the index was changed"
    stored = b"".join(r["frames"]["sha256"].tobytes() for r in lists)
    assert stored == b"".join(hashlib.sha256(f).digest() for _, f in located[: summary["frames"]]), "a frame was changed"
    names = [column["name"] for column in header.get("schema", [])]
    rows, state, parts = {name: [] for name in names}, {}, []
    steps = []
    for r in records[: summary["frames"]]:
        if r["kind"] == "rows":
            assert r["first_row"] == sum(map(len, steps))
            first = r["steps"]
            steps.append(first if isinstance(first, numpy.ndarray) else numpy.arange(first, first + r["count"]))
            for name in names:
                rows[name].append(r["columns"][name])
        elif r["kind"] == "state" and "part" not in r:
            state = place(state, r["path"], r["value"])
        elif r["kind"] == "state":
            parts = parts + [r] if r["part"]["first"] else [r]
            if r["part"]["first"] + len(r["value"]) == r["part"]["total"]:
                state = place(state, r["path"], whole(parts))
    columns = {name: numpy.concatenate(batches) for name, batches in rows.items() if batches}
    steps = numpy.concatenate(steps) if steps else numpy.zeros(0, numpy.int64)
    return {
        "rows": len(steps), "steps": int((steps >= 0).sum()), "steps_sha256": sha256(steps.astype("<i8").tobytes()),
        "columns": {name: digests(column)[""] for name, column in columns.items()},
        "state": digests(state), "metadata": digests(header["metadata"]), "frames": len(located),
    }


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    try:
        print(json.dumps(read(data)))
    except (AssertionError, ValueError, KeyError, struct.error, zstandard.ZstdError) as error:
        sys.exit(f"read_rlbuf.py: {sys.argv[1]}: {error}")
