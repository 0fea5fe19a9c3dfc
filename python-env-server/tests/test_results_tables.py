# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of RESULTS.md."""

from pathlib import Path

import pytest
from client import TESTS

HEAD = "directory,environment,seed,status,deterministic,stochastic\n"
PEERS = "algorithm,env,seed,deterministic\nTRPO,Hopper-v5,1,900\nTRPO,Hopper-v5,2,1100\nPPO,Hopper-v5,1,2410.4\n"
INTERVALS = 'environment,return,iqm,iqm_low,iqm_high\nHopper-v5,"evaluation, deterministic",2000,1000.4,3000\n'


def test_the_tables_have_means_with_deviations_and_the_returns_of_each_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(TESTS.parent / "bench"))
    import results_tables

    for name, rows in {
        "presets": (
            "a/Hopper-v5__s2,Hopper-v5,2002,finished,3000,2000\n"
            "a/Hopper-v5__s1,Hopper-v5,2001,finished,1000,2000\n"
            "a/Hopper-v5__s3,Hopper-v5,2003,interrupted,9,9\n"
            "a/Reacher-v5__s1,Reacher-v5,2001,finished,-3.456,-4\n"
        ),
        "no_presets": "a/Hopper-v5__s1,Hopper-v5,2001,finished,500,1\n",
        "npg_ppo": "a/Hopper-v5__ppo__s1,Hopper-v5,2001,finished,600.4,1\n",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "runs.csv").write_text(HEAD + rows, encoding="utf-8")
    (tmp_path / "presets" / "results.csv").write_text(INTERVALS, encoding="utf-8")
    (tmp_path / "peers.csv").write_text(PEERS, encoding="utf-8")
    lines = results_tables.tables(tmp_path).replace("\u2212", "-").replace("\u2013", "none").split("\n")
    assert (
        "| Hopper-v5 | 2,000 ± 1,414 (2 seeds) | 2,000 [1,000, 3,000] | 2,000 ± 0 (2 seeds) | 500 (1 seed) |"
        " 1.00 (1 seed) | 1,000 ± 141 (2 seeds) | 2,410 |"
    ) in lines
    # The preset of Reacher has no settings, so its runs are also runs with the defaults.
    reacher = "| Reacher-v5 | -3.46 (1 seed) | none | -4.00 (1 seed) | -3.46 (1 seed) | -4.00 (1 seed) | none | none |"
    assert reacher in lines
    assert "| Hopper-v5 | 1,000, 3,000 | 500 |" in lines
    assert "| Hopper-v5 | 500 (1 seed) | none | 600 (1 seed) |" in lines
