# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the tables of RESULTS.md.

    python bench/results_tables.py ../java-agent/results

The argument is a folder. It contains the reports that `./gymwire report` made of the three sweeps (presets, no_presets,
npg_ppo). It also contains peers.csv, the file of peer_returns.py. A cell without data contains a dash. All returns
are from the evaluation at the end of a run.
"""

import argparse
import csv
import math
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

TASKS = (
    *("HalfCheetah-v5", "Hopper-v5", "Walker2d-v5", "Ant-v5", "Humanoid-v5", "HumanoidStandup-v5", "Swimmer-v5"),
    *("Reacher-v5", "Pusher-v5", "InvertedPendulum-v5", "InvertedDoublePendulum-v5"),
    *("CartPole-v1", "Acrobot-v1", "Pendulum-v1", "MountainCarContinuous-v0"),
)
# When the runs were made, the presets of these tasks were equal to the defaults. So no_presets has no runs of these
# tasks.
WITHOUT_PRESETS = ("Reacher-v5", "Pusher-v5", "HumanoidStandup-v5")
COMPARED = ("HalfCheetah-v5", "Hopper-v5", "Walker2d-v5", "Swimmer-v5", "CartPole-v1", "Acrobot-v1")
# The numbers of seeds in the rules of RESULTS.md.
PRESET_SEEDS, SEEDS, TRPO_SEEDS, PPO_SEEDS = 10, 5, 3, 1
NONE = "\u2013"  # a dash
MINUS = "\u2212"


def tables(folder: Path) -> str:
    """Returns the tables as Markdown, with an empty line between them."""
    presets, defaults, others = (_rows(folder / name / "runs.csv") for name in ("presets", "no_presets", "npg_ppo"))
    peers = _rows(folder / "peers.csv")
    intervals = {
        row["environment"]: row
        for row in _rows(folder / "presets" / "results.csv")
        if row["return"] == "evaluation, deterministic"
    }
    main = [
        (
            task,
            _spread(_returns(presets, task), PRESET_SEEDS),
            _interval(intervals.get(task)),
            _spread(_returns(presets, task, "stochastic"), PRESET_SEEDS),
            *(_spread(_of_defaults(presets, defaults, task, kind), SEEDS) for kind in ("deterministic", "stochastic")),
            _spread(_peer(peers, "TRPO", task), TRPO_SEEDS),
            _spread(_peer(peers, "PPO", task), PPO_SEEDS),
        )
        for task in TASKS
    ]
    seeds = [(task, _each(_returns(presets, task)), _each(_returns(defaults, task))) for task in TASKS]
    algorithms = [
        (
            task,
            _spread(_returns(defaults, task), SEEDS),
            *(
                _spread(_returns([row for row in others if _algorithm(row) == name], task), SEEDS)
                for name in ("npg", "ppo")
            ),
        )
        for task in COMPARED
    ]
    return "\n".join(
        (
            _table(
                (
                    *("task", "presets", "IQM", "presets, stochastic", "defaults", "defaults, stochastic"),
                    *("zoo's TRPO", "zoo's PPO"),
                ),
                main,
            ),
            _table(("task", "presets, each seed", "defaults, each seed"), seeds),
            _table(("task", "TRPO", "NPG", "PPO"), algorithms),
        )
    )


def _of_defaults(
    presets: Sequence[dict[str, str]], defaults: Sequence[dict[str, str]], task: str, kind: str
) -> list[float]:
    if task in WITHOUT_PRESETS:
        return _returns(presets, task, kind)[:SEEDS]
    return _returns(defaults, task, kind)


def _rows(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def _returns(runs: Iterable[dict[str, str]], task: str, column: str = "deterministic") -> list[float]:
    """Reads the returns of a task's finished runs, in the order of the seeds."""
    own = [run for run in runs if run["environment"] == task and run["status"] == "finished" and run[column]]
    return [float(run[column]) for run in sorted(own, key=lambda run: int(run["seed"]))]


def _peer(peers: Iterable[dict[str, str]], algorithm: str, task: str) -> list[float]:
    return [float(row["deterministic"]) for row in peers if (row["algorithm"], row["env"]) == (algorithm, task)]


def _algorithm(run: dict[str, str]) -> str:
    # The directories are named TASK__ALGORITHM__sSEED.
    return run["directory"].split("__")[1]


def _spread(returns: Sequence[float], seeds: int) -> str:
    """Returns the mean and the standard deviation (n - 1), or the only return. If there are fewer returns than `seeds`,
    the text contains their number."""
    if not returns:
        return NONE
    mean = statistics.fmean(returns)
    text = _number(mean, mean)
    if len(returns) > 1:
        text += f" ± {_number(statistics.stdev(returns), mean)}"
    if len(returns) < seeds:
        text += f" ({len(returns)} seed{'s' if len(returns) > 1 else ''})"
    return text


def _interval(row: dict[str, str] | None) -> str:
    if row is None:
        return NONE
    middle, low, high = (float(row[name]) for name in ("iqm", "iqm_low", "iqm_high"))
    return f"{_number(middle, middle)} [{_number(low, middle)}, {_number(high, middle)}]"


def _each(returns: Iterable[float]) -> str:
    return ", ".join(_number(value, value) for value in returns) or NONE


def _number(value: float, like: float) -> str:
    """Returns `value` as text. It has no decimals if the absolute value of `like` is at least 100, one decimal if it is
    at least 10, and otherwise two decimals."""
    decimals = 0 if abs(like) >= 100 else 1 if abs(like) >= 10 else 2
    text = f"{value:,.{decimals}f}"
    negative = text.startswith("-") and not math.isclose(float(text.replace(",", "")), 0)
    return (MINUS if negative else "") + text.lstrip("-")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description="Prints the tables of RESULTS.md.")
    parser.add_argument("folder", type=Path, help="the folder with the reports and peers.csv")
    print(tables(parser.parse_args().folder), end="")


if __name__ == "__main__":
    main()
