# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the scalars that TensorBoard finds in a directory: {tag: [[wall time (s), step, value], ...]} as JSON."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def main(directory: str) -> None:
    # With the size guidance 0, TensorBoard keeps every point. By default it keeps a random sample of the points.
    events = EventAccumulator(directory, size_guidance={"scalars": 0})
    events.Reload()
    points = {
        tag: [[event.wall_time, event.step, event.value] for event in events.Scalars(tag)]
        for tag in events.Tags()["scalars"]
    }
    print(json.dumps(points))


if __name__ == "__main__":
    main(*sys.argv[1:])
