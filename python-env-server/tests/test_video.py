# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the video encoder. They decode the videos that it writes."""

import argparse
import io
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from gymwire import video

# The colours change a little, because the video stores them as 8-bit YUV at half the resolution.
_TOLERANCE = 6


def pictures(count: int, height: int, width: int) -> npt.NDArray[np.uint8]:
    """Returns pictures [count, height, width, 3], each of one colour that depends on the picture's number."""
    colours = np.stack([np.array([200 - 10 * i, 60 + 10 * i, 100]) for i in range(count)]).astype(np.uint8)
    return np.broadcast_to(colours[:, None, None, :], (count, height, width, 3)).copy()


def decode(file: Path) -> tuple[Any, list[npt.NDArray[np.uint8]]]:
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        return (stream.codec_context.name, stream.average_rate, stream.pix_fmt), frames


@pytest.mark.parametrize(("height", "width", "fps"), [(48, 64, Fraction(50)), (33, 47, Fraction(30000, 1001))])
def test_pictures_come_back_in_order_at_their_rate(tmp_path: Path, height: int, width: int, fps: Fraction) -> None:
    sent = pictures(7, height, width)
    file = tmp_path / "a.mp4"
    assert video.encode(io.BytesIO(sent.tobytes()), file, width, height, fps) == 7
    (codec, rate, pixels), received = decode(file)
    assert (codec, rate, pixels) == ("h264", fps, "yuv420p")
    assert len(received) == 7
    for before, after in zip(sent, received, strict=True):
        assert after.shape == (height + height % 2, width + width % 2, 3)
        assert np.abs(after.astype(int) - before[0, 0].astype(int)).max() <= _TOLERANCE
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(
    ("data", "width", "message"),
    [
        (b"", 4, "the source contains no picture"),
        (bytes(48 + 5), 4, "the source ended in the middle of picture 1: 5 of 48 bytes"),
        (b"", 0, "a video of 0x4 pixels"),
    ],
)
def test_a_wrong_source_or_size_leaves_no_file(tmp_path: Path, data: bytes, width: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        video.encode(io.BytesIO(data), tmp_path / "a.mp4", width, 4, Fraction(30))
    assert list(tmp_path.iterdir()) == []


def test_two_processes_that_film_into_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    command = [sys.executable, "-m", "gymwire.video", str(out), "64", "48", "50"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as other:
        assert other.stdin is not None
        # A pipe holds only seven of these pictures, and the encoder keeps fewer than a hundred in memory. So when all
        # are in the pipe, the other process has begun its file.
        other.stdin.write(pictures(200, 48, 64).tobytes())
        other.stdin.flush()
        video.encode(io.BytesIO(pictures(3, 48, 64).tobytes()), out, 64, 48, Fraction(50))
        assert len(decode(out)[1]) == 3
        assert len([path for path in tmp_path.iterdir() if path.suffix == ".part"]) == 1
        other.stdin.write(pictures(2, 48, 64).tobytes())
    assert other.returncode == 0
    assert len(decode(out)[1]) == 202
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_rate_with_many_digits_is_rounded_to_a_fraction_that_ffmpeg_can_store() -> None:
    assert video._positive("33.333333333333336") == Fraction(100, 3)
    assert video._positive("30000/1001") == Fraction(30000, 1001)
    for text in ("0", "-1", "1e-9", "10001", "x"):
        with pytest.raises(argparse.ArgumentTypeError, match="from 1/100000 to 10000"):
            video._positive(text)


def test_the_command_says_what_went_wrong(tmp_path: Path) -> None:
    out = tmp_path / "missing" / "a.mp4"
    command = [sys.executable, "-m", "gymwire.video", str(out), "4", "4", "30"]
    done = subprocess.run(command, input=bytes(48), capture_output=True, check=False)
    assert done.returncode == 1
    message = done.stderr.decode()
    assert message.startswith(f"cannot write {out}: ")
    assert "No such file or directory" in message
    assert "Traceback" not in message
