# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the properties of a video as JSON: its codec, rate, width and height, and the mean colour of each frame."""

import json
import sys

import av


def main(file: str) -> None:
    with av.open(file) as container:
        stream = container.streams.video[0]
        colours = [frame.to_ndarray(format="rgb24").mean(axis=(0, 1)).tolist() for frame in container.decode(video=0)]
        about = {"codec": stream.codec_context.name, "rate": float(stream.average_rate)}
        print(json.dumps(about | {"width": stream.width, "height": stream.height, "colours": colours}))


if __name__ == "__main__":
    main(*sys.argv[1:])
