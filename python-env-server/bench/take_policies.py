# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Copies one trained policy of each environment, with the files that `./gymwire eval` needs.

    python bench/take_policies.py reports/presets/runs.csv ../runs/presets policies

The arguments are the file runs.csv that `./gymwire report` made, the folder that contains the directories of these
runs, and the folder for the copies. The column `deterministic` of runs.csv is the mean return of a run's last
deterministic evaluation. For each environment, the program takes the run with the median of this column. With an even
number of runs, it takes the lower of the two in the middle. Runs that are unfinished or have no such evaluation are
left out. The copy is a run directory with the last checkpoint only. It cannot be resumed, because it lacks
progress.csv, monitor.csv and the state of the environments.
"""

import argparse
import csv
import shutil
from pathlib import Path


def median_runs(runs_file: Path) -> dict[str, str]:
    """Returns, for each environment, the name of the directory of its median run."""
    runs: dict[str, list[tuple[float, str]]] = {}
    with runs_file.open(newline="", encoding="utf-8") as file:
        for run in csv.DictReader(file):
            if run["status"] == "finished" and run["deterministic"]:
                name = Path(run["directory"]).name
                runs.setdefault(run["environment"], []).append((float(run["deterministic"]), name))
    return {env_id: sorted(own)[(len(own) - 1) // 2][1] for env_id, own in runs.items()}


def copy_policy(run: Path, copy: Path) -> None:
    """Copies the settings, the manifest and the last checkpoint of a run. An older copy is replaced."""
    checkpoint = (run / "checkpoints" / "latest").read_text(encoding="utf-8").strip()
    if copy.exists():
        shutil.rmtree(copy)
    (copy / "checkpoints").mkdir(parents=True)
    for name in (
        "config.json",
        "manifest.json",
        "checkpoints/latest",
        f"checkpoints/{checkpoint}.json",
        f"checkpoints/{checkpoint}.safetensors",
        f"checkpoints/{checkpoint}.sha256",
    ):
        shutil.copyfile(run / name, copy / name)


def main() -> None:
    """Copies the policies and prints which runs they are from."""
    parser = argparse.ArgumentParser(description="Copies one trained policy of each environment.")
    parser.add_argument("runs", type=Path, help="the CSV file of the runs")
    parser.add_argument("directory", type=Path, help="the folder of the run directories")
    parser.add_argument("out", type=Path, help="the folder for the copies")
    options = parser.parse_args()
    for env_id, name in sorted(median_runs(options.runs).items()):
        copy_policy(options.directory / name, options.out / env_id)
        print(f"{env_id}: {name}")


if __name__ == "__main__":
    main()
