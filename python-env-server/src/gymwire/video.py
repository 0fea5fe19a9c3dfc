# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Encodes raw pictures as an H.264 mp4: `python -m gymwire.video OUT WIDTH HEIGHT FPS`. The pictures are uint8 RGB on
standard input."""

import argparse
import contextlib
import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

import av
import numpy as np
from av.video.stream import VideoStream

# Options of the encoder x264. crf is the quality: with 18, no loss is visible in the flat colours of rendered scenes.
# preset is the speed: a slower preset would take processor time from the simulation and the rendering.
_ENCODER_OPTIONS = {"crf": "18", "preset": "veryfast"}
_MOST_FPS = 10_000
# The index of the mp4 is at the start of the file, so that a browser can play the file while the file is loading.
_CONTAINER_OPTIONS = {"movflags": "+faststart"}


def encode(source: BinaryIO, target: Path, width: int, height: int, fps: Fraction) -> int:
    """Encodes pictures of height x width x 3 bytes until the source ends, and returns their number.

    The target file appears only when it is complete. Raises ValueError if an argument is not valid, or if the source
    ends too early.
    """
    if width < 1 or height < 1 or fps <= 0:
        raise ValueError(f"a video of {width}x{height} pixels at {float(fps)} pictures a second cannot be made")
    # Two commands may film into the same file at the same time, so the name has the process id. VideoEncoder, the Java
    # class that starts this program, removes the file after it has killed the program.
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        count = _encode(source, partial, width, height, fps)
        partial.replace(target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
    return count


def _encode(source: BinaryIO, target: Path, width: int, height: int, fps: Fraction) -> int:
    size = 3 * width * height
    count = 0
    with av.open(str(target), "w", format="mp4", container_options=_CONTAINER_OPTIONS) as container:
        stream = cast(VideoStream, container.add_stream("libx264", rate=fps, options=_ENCODER_OPTIONS))
        # Players expect yuv420p, which stores colours at half the width and height, so both must be even. If one is
        # odd, the last row or column is repeated.
        stream.pix_fmt = "yuv420p"
        stream.width, stream.height = width + width % 2, height + height % 2
        while data := source.read(size):
            if len(data) != size:
                raise ValueError(f"the source ended in the middle of picture {count}: {len(data)} of {size} bytes")
            picture = np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3)
            picture = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            count += 1
        if count == 0:
            raise ValueError("the source contains no picture")
        container.mux(stream.encode(None))
    return count


def _positive(text: str) -> Fraction:
    try:
        # FFmpeg stores the numerator and the denominator as 32-bit integers. With a denominator of at most 100,000 and
        # a value of at most _MOST_FPS, both are small enough.
        number = Fraction(text).limit_denominator(100_000)
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    if not 0 < number <= _MOST_FPS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number or fraction from 1/100000 to {_MOST_FPS}")
    return number


def main(arguments: list[str]) -> int:
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m gymwire.video", description="Encodes RGB pictures as an mp4.")
    parser.add_argument("out", metavar="OUT", type=Path, help="the file to write, such as episode.mp4")
    parser.add_argument("width", metavar="WIDTH", type=int, help="pixels")
    parser.add_argument("height", metavar="HEIGHT", type=int, help="pixels")
    parser.add_argument("fps", metavar="FPS", type=_positive, help="pictures a second, such as 50 or 30000/1001")
    options = parser.parse_args(arguments)
    try:
        encode(sys.stdin.buffer, options.out, options.width, options.height, options.fps)
    except (ValueError, OSError, av.FFmpegError) as error:
        print(f"cannot write {options.out}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
