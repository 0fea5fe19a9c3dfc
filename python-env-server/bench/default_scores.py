# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Compares candidates for the defaults: prints their scores over many tasks.

    python bench/default_scores.py ../java-agent/results/defaults/round1.csv

The argument is a copy of the file runs.csv that `./gymwire report` makes from a sweep with directories named
TASK__CANDIDATE__sSEED. One of the candidates is `base`. The score of a run is (return - low) / (high - low), limited to
[0, 1.2]. The file scale.csv in the folder of the argument has `low` and `high` of each task. The return is in the
argument's column `deterministic`. Runs without this return are left out. If a candidate has no run with this return on
a task, it has the scores of `base` on this task.
"""

import argparse
import csv
import statistics
from pathlib import Path
from typing import NamedTuple

BASE = "base"
MAX_SCORE = 1.2


class Row(NamedTuple):
    """The result of a candidate over all tasks and seeds."""

    candidate: str
    runs: int
    score: float
    """The mean score."""
    difference: float
    """The mean difference from `base`, paired by task and seed."""
    error: float
    """The standard error of the difference."""


def rows(runs_file: Path) -> list[Row]:
    """Returns the candidates, the largest difference first. The scores use only the pairs of task and seed for which
    `base` has a score."""
    with (runs_file.parent / "scale.csv").open(newline="", encoding="utf-8") as file:
        scale = {row["task"]: (float(row["low"]), float(row["high"])) for row in csv.DictReader(file)}
    scores: dict[str, dict[tuple[str, str], float]] = {}
    with runs_file.open(newline="", encoding="utf-8") as file:
        for run in csv.DictReader(file):
            if not run["deterministic"]:
                continue
            task, candidate, seed = run["directory"].rpartition("/")[2].split("__")
            low, high = scale[task]
            score = (float(run["deterministic"]) - low) / (high - low)
            scores.setdefault(candidate, {})[task, seed] = min(MAX_SCORE, max(0.0, score))
    base = scores[BASE]
    found = []
    for candidate, own in scores.items():
        tasks = {task for task, _ in own}
        common = [pair for pair in base if pair in own or pair[0] not in tasks]
        differences = [own.get(pair, base[pair]) - base[pair] for pair in common]
        error = statistics.stdev(differences) / len(common) ** 0.5 if len(common) > 1 else float("nan")
        score = statistics.fmean(own.get(pair, base[pair]) for pair in common)
        found.append(Row(candidate, len(own), score, statistics.fmean(differences), error))
    return sorted(found, key=lambda row: -row.difference)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description="Prints the scores of candidates for the defaults.")
    parser.add_argument("runs", type=Path, help="the CSV file of the runs")
    options = parser.parse_args()
    print("| candidate | runs | score | difference from base |\n|---|---:|---:|---:|")
    for row in rows(options.runs):
        print(f"| {row.candidate} | {row.runs} | {row.score:.3f} | {row.difference:+.3f} ± {row.error:.3f} |")


if __name__ == "__main__":
    main()
