# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Draws the training returns of runs: ``python learning_curve.py OUT.png RUN_DIR...`` (needs matplotlib).

Each thin line is one run's mean return over its last 100 episodes; the thick one is the mean over the runs.
"""

import csv
import json
import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


def read_curve(run_dir: Path) -> tuple[np.ndarray, np.ndarray]:
    """Returns environment steps [iterations] and mean returns [iterations]; NaN before the first episode's end."""
    with (run_dir / "progress.csv").open() as file:
        rows = list(csv.DictReader(file))
    steps = np.array([float(row["time/total_timesteps"]) for row in rows])
    returns = np.array([float(row["rollout/ep_rew_mean"] or "nan") for row in rows])
    return steps, returns


def main() -> None:
    """Reads the runs named on the command line and writes the picture."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    out, run_dirs = Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]]
    manifests = [json.loads((run_dir / "manifest.json").read_text()) for run_dir in run_dirs]
    curves = [read_curve(run_dir) for run_dir in run_dirs]

    figure, axes = pyplot.subplots(figsize=(8, 4), dpi=120, layout="constrained")
    for manifest, (steps, returns) in zip(manifests, curves, strict=True):
        axes.plot(steps / 1000, returns, linewidth=1, alpha=0.6, label=f"seed {manifest['seed']}")
    shortest = min(len(steps) for steps, _ in curves)
    mean = np.mean([returns[:shortest] for _, returns in curves], axis=0)
    axes.plot(curves[0][0][:shortest] / 1000, mean, color="black", linewidth=2, label="mean")
    axes.set_title(f"{manifests[0]['env_id']}, TRPO")
    axes.set_xlabel("environment steps (thousands)")
    axes.set_ylabel("return, last 100 episodes")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    figure.savefig(out)


if __name__ == "__main__":
    main()
