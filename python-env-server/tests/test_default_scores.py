# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The table that compares candidates for the defaults of settings."""

from pathlib import Path

import pytest
from client import TESTS

RUNS = """directory,environment,deterministic
runs/A__base__s1,A,50
runs/B__base__s1,B,0
runs/A__wide__s1,A,100
runs/B__wide__s1,B,20
runs/A__box__s1,A,500
runs/B__unfinished__s1,B,
"""


def test_on_a_task_without_runs_of_a_candidate_the_candidate_gets_the_scores_of_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(TESTS.parent / "bench"))
    import default_scores

    (tmp_path / "scale.csv").write_text("task,low,high\nA,0,100\nB,-20,20\n", encoding="utf-8")
    (tmp_path / "runs.csv").write_text(RUNS, encoding="utf-8")
    wide, box, base = default_scores.rows(tmp_path / "runs.csv")
    assert (wide.candidate, wide.runs, wide.score) == ("wide", 2, 1.0)
    assert wide.difference == 0.5
    assert wide.error == 0
    # On A, the return of 500 gives the greatest score, 1.2. On B, box has no run, so it gets the score of base, 0.5.
    assert (box.candidate, box.runs) == ("box", 1)
    assert box.score == pytest.approx(0.85)
    assert (base.candidate, base.difference) == ("base", 0)
