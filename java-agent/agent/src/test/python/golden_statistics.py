# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes golden/statistics.json: statistics of a few scores, computed with NumPy.

The interquartile mean equals scipy.stats.trim_mean(scores, 0.25), which the package rliable uses. The bootstrap
intervals are exact: their percentiles are computed from all possible resamples, not from random resamples. To write
the file again:

    python3 -m venv target/golden-venv && target/golden-venv/bin/pip install numpy==2.4.6
    target/golden-venv/bin/python java-agent/agent/src/test/python/golden_statistics.py
"""

import itertools
import json
import pathlib

import numpy as np

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "resources" / "golden"

SCORES = [4503.0, 4172.0, 1554.0, 3300.5, 2870.25, 5010.0, -12.5]
STRATA = [[0.2, 0.9, 0.4], [1.1, 0.7, 0.1, 0.65]]


def trimmed_mean(scores, axis=-1):
    """Returns the mean of n scores, without the floor(n / 4) lowest and the floor(n / 4) highest scores."""
    count = scores.shape[axis]
    cut = int(0.25 * count)
    return np.sort(scores, axis=axis).take(range(cut, count - cut), axis=axis).mean(axis=axis)


def exact_interval(strata):
    """Returns the 2.5th and 97.5th percentiles of the interquartile mean over all resamples. Each stratum (a group of
    scores) is resampled by itself."""
    draws = [list(itertools.product(stratum, repeat=len(stratum))) for stratum in strata]
    pooled = np.array([sum(parts, ()) for parts in itertools.product(*draws)])
    return np.percentile(trimmed_mean(pooled), [2.5, 97.5]).tolist()


def main():
    """Writes the file."""
    scores = np.array(SCORES)
    golden = {
        "meta": {},
        "inputs": {"scores": SCORES, "first_stratum": STRATA[0], "second_stratum": STRATA[1]},
        "outputs": {
            "mean": scores.mean(),
            "std": scores.std(ddof=1),
            "median": np.median(scores),
            "percentile_10": np.percentile(scores, 10),
            "iqm": trimmed_mean(scores),
            "one_stratum_interval": exact_interval([SCORES[:5]]),
            "two_strata_interval": exact_interval(STRATA),
        },
    }
    (GOLDEN / "statistics.json").write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
