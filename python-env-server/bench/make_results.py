# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes the data of RESULTS.md, and prints its tables.

    python3 bench/make_results.py ../runs/results ../runs/results/reports

The arguments are a folder for the runs and a folder for the results. The program makes the runs of three sweep files in
java-agent/results: presets.txt, no_presets.txt and npg_ppo.txt. For each sweep, it then writes the report and the runs'
manifests (manifests.jsonl) into a folder with the sweep's name. The folder `policies` gets the policy of each task's
median run. With --peers, the program also makes the runs of sb3-contrib's TRPO and Stable-Baselines3's PPO, and writes
peers.csv. A sweep makes as many runs at the same time as the machine has cores; the peers' runs are made one after the
other. After an interruption, the same command continues.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import make_peers
import results_tables
import take_policies

HERE = Path(__file__).resolve().parent
HOME = HERE.parent.parent
LAUNCHER = HOME / "gymwire"
SWEEP_FILES = HOME / "java-agent" / "results"
SWEEPS = ("presets", "no_presets", "npg_ppo")
MUJOCO = tuple(task for task in results_tables.TASKS if task.endswith("-v5"))


def make(runs: Path, results: Path, peers: bool) -> None:
    """Makes the runs that have not finished, and the files of the results."""
    for name in SWEEPS:
        # The path of the sweep's folder is relative, because the report's files contain this path.
        call(runs, LAUNCHER, "sweep", "--file", SWEEP_FILES / f"{name}.txt", "--dir", name, "--workers", "1")
        call(runs, LAUNCHER, "report", name, "--out", results / name, "--formats", "md,csv,png")
        lines = [manifest(runs, run) for run in sorted((runs / name).glob("*/manifest.json"))]
        (results / name / "manifests.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    for task, run in take_policies.median_runs(results / "presets" / "runs.csv").items():
        take_policies.copy_policy(runs / "presets" / run, results / "policies" / task)
        copied = results / "policies" / task / "manifest.json"
        copied.write_text(relative(copied.read_text(encoding="utf-8"), runs), encoding="utf-8")
    if peers:
        call(HERE, sys.executable, "make_peers.py")
        script = (make_peers.PYTHON, "peer_returns.py", results / "peers.csv")
        call(HERE, *script, *results_tables.TASKS, "--seeds", "1", "2", "3")
        call(HERE, *script, *MUJOCO, "--seeds", "1", "--ppo")


def call(folder: Path, *command: object) -> None:
    """Runs a command in the folder. Ends this program with the command's exit code if the code is not 0."""
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen([str(word) for word in command], cwd=folder)
    while process.returncode is None:
        # Ctrl-C also reaches the command. The command saves its runs and then ends.
        with contextlib.suppress(KeyboardInterrupt):
            process.wait()
    if process.returncode != 0:
        sys.exit(process.returncode)


def manifest(runs: Path, file: Path) -> str:
    """Returns a manifest as one line of JSON."""
    return json.dumps(json.loads(relative(file.read_text(encoding="utf-8"), runs)), separators=(",", ":"))


def relative(text: str, runs: Path) -> str:
    """Returns the text with paths that are relative to the folder of the runs."""
    return text.replace(str(runs) + os.sep, "")


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes the data and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, help="the folder for the runs")
    parser.add_argument("results", type=Path, help="the folder for the results")
    parser.add_argument(
        "--peers", action="store_true", help="also make the runs of the peers; this installs 5 GB of packages"
    )
    options = parser.parse_args(arguments)
    results = options.results.resolve()
    make(options.runs.resolve(), results, options.peers)
    print(results_tables.tables(results), end="")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
