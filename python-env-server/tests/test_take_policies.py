# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of bench/take_policies.py."""

from pathlib import Path

import pytest
from client import TESTS

HEADER = "directory,environment,status,deterministic\n"


@pytest.fixture(autouse=True)
def _bench_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TESTS.parent / "bench"))


def test_the_run_with_the_median_return_is_taken(tmp_path: Path) -> None:
    from take_policies import median_runs

    runs = tmp_path / "runs.csv"
    runs.write_text(
        HEADER
        + "runs/A__s1,A,finished,9\n"
        + "runs/A__s2,A,finished,30\n"
        + "runs/A__s3,A,finished,10\n"
        + "runs/A__s4,A,interrupted,10\n"
        + "runs/B__s1,B,finished,-5\n"
        + "runs/B__s2,B,finished,-7\n"
        + "runs/B__s3,B,finished,\n"
    )
    assert median_runs(runs) == {"A": "A__s3", "B": "B__s2"}


def test_the_copy_of_a_run_has_the_last_checkpoint_and_no_other_checkpoint(tmp_path: Path) -> None:
    from take_policies import copy_policy

    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    for name in ("config.json", "manifest.json", "progress.csv"):
        (run / name).write_text(name)
    for step in ("step_1", "step_2"):
        for ending in ("json", "safetensors", "sha256", "environments.zip"):
            (run / "checkpoints" / f"{step}.{ending}").write_text(f"{step}.{ending}")
    (run / "checkpoints" / "latest").write_text("step_2\n")
    copy = tmp_path / "copies" / "A"
    for _ in range(2):  # the second copy replaces the first
        copy_policy(run, copy)
        found = {str(path.relative_to(copy)): path.read_text() for path in copy.rglob("*") if path.is_file()}
        assert found == {
            "config.json": "config.json",
            "manifest.json": "manifest.json",
            "checkpoints/latest": "step_2\n",
            "checkpoints/step_2.json": "step_2.json",
            "checkpoints/step_2.safetensors": "step_2.safetensors",
            "checkpoints/step_2.sha256": "step_2.sha256",
        }
        (copy / "old").write_text("")
