#!/usr/bin/env python3
"""Checks that tools which know nothing of rlbuf read its files: the zstd command, a streaming MessagePack reader, and
pyzstd's seekable reader, which must find the same bytes in the middle of the file.

Usage: check_file.py FILE
"""
import random, subprocess, sys

import msgpack, pyzstd


def command_reads(path):
    """The bytes of all records, from the zstd command."""
    subprocess.run(["zstd", "-q", "-t", path], check=True)
    return subprocess.run(["zstd", "-q", "-d", "-c", path], check=True, stdout=subprocess.PIPE).stdout


def record_ends(content):
    """Where each record ends, from a reader that is fed the stream."""
    unpacker = msgpack.Unpacker(max_buffer_size=0, strict_map_key=False, raw=True)
    unpacker.feed(content)
    ends = []
    for record in unpacker:
        assert isinstance(record, dict) and b"kind" in record
        ends.append(unpacker.tell())
    assert ends[-1] == len(content)
    return ends


def main(path):
    content = command_reads(path)
    ends = record_ends(content)
    starts = [0] + ends[:-1]
    choice = random.Random(7).sample(range(len(ends)), min(len(ends), 8))
    with pyzstd.SeekableZstdFile(path) as file:
        for number in choice:
            file.seek(starts[number])
            assert file.read(ends[number] - starts[number]) == content[starts[number] : ends[number]]
    print(f"{len(ends)} records, {len(content)} bytes, sought {len(choice)}")


if __name__ == "__main__":
    main(sys.argv[1])
