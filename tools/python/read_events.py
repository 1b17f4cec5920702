#!/usr/bin/env python3
"""Prints as JSON what TensorBoard's own reader finds in a directory of event files.

Usage: read_events.py DIRECTORY

Scalars are {tag: [[step, value], ...]}, pictures {tag: [[step, width, height, pixels as hexadecimal digits], ...]}; their
PNG is decoded here with zlib.
"""

import json
import struct
import sys
import zlib

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def chunks(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n", png[:8]
    at = 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        contents = png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(name + contents), name
        yield name, contents
        at += 12 + length


def pixels(png):
    """The bytes of the rows of an unfiltered picture."""
    parts = list(chunks(png))
    assert [name for name, _ in parts] == [b"IHDR", b"IDAT", b"IEND"], parts
    width, height, depth, color_type, compression, filtering, interlace = struct.unpack(">IIBBBBB", parts[0][1])
    assert (depth, compression, filtering, interlace) == (8, 0, 0, 0), parts[0]
    row = 1 + width * {0: 1, 2: 3}[color_type]
    rows = zlib.decompress(parts[1][1])
    assert len(rows) == row * height and all(rows[i * row] == 0 for i in range(height))
    return width, height, b"".join(rows[i * row + 1 : (i + 1) * row] for i in range(height))


def main():
    events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0})
    events.Reload()
    tags = events.Tags()
    scalars = {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in tags["scalars"]}
    images = {}
    for tag in tags["images"]:
        images[tag] = []
        for event in events.Images(tag):
            width, height, rows = pixels(event.encoded_image_string)
            assert (width, height) == (event.width, event.height)
            images[tag].append([event.step, width, height, rows.hex()])
    print(json.dumps({"scalars": scalars, "images": images}))


main()
