# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of bench/make_results.py. They replace subprocess.Popen, so the commands of make_results.py do not run."""

import json
import subprocess
from pathlib import Path

import pytest
from client import TESTS

HEAD = "directory,environment,seed,status,deterministic,stochastic\n"


class Ended:
    """A process that has ended."""

    def __init__(self, returncode: int) -> None:
        self.returncode = returncode


def _file(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_files_of_the_results_are_made_from_the_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(TESTS.parent / "bench"))
    import make_results

    runs, results = tmp_path / "runs", tmp_path / "results"
    calls: list[list[str]] = []

    def start(command: list[str], cwd: Path) -> Ended:
        calls.append(command)
        if command[1] == "sweep":
            assert Path(command[3]).is_file()
            run = cwd / command[5] / "Hopper-v5__s2001"
            _file(run / "manifest.json", json.dumps({"command_line": ["train", f"--run-dir={run}"]}, indent=1))
            _file(run / "config.json")
            _file(run / "checkpoints" / "latest", "step_9\n")
            for end in (".json", ".safetensors", ".sha256"):
                _file(run / "checkpoints" / f"step_9{end}")
        elif command[1] == "report":
            folder = Path(command[4])
            _file(folder / "runs.csv", f"{HEAD}{command[2]}/Hopper-v5__s2001,Hopper-v5,2001,finished,1234,1\n")
        return Ended(0)

    monkeypatch.setattr(subprocess, "Popen", start)
    make_results.main([str(runs), str(results), "--peers"])
    for name in make_results.SWEEPS:
        expected = f'{{"command_line":["train","--run-dir={name}/Hopper-v5__s2001"]}}\n'
        assert (results / name / "manifests.jsonl").read_text(encoding="utf-8") == expected
    policy = results / "policies" / "Hopper-v5"
    assert str(tmp_path) not in (policy / "manifest.json").read_text(encoding="utf-8")
    assert (policy / "checkpoints" / "step_9.safetensors").exists()
    assert "| Hopper-v5 | 1,234 (1 seed) |" in capsys.readouterr().out
    assert [command[1] for command in calls] == ["sweep", "report"] * 3 + ["make_peers.py"] + ["peer_returns.py"] * 2
    assert calls[-1][-1] == "--ppo"
    assert "CartPole-v1" in calls[-2]
    assert "CartPole-v1" not in calls[-1]


def test_the_program_ends_with_the_exit_code_of_a_failed_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(TESTS.parent / "bench"))
    import make_results

    monkeypatch.setattr(subprocess, "Popen", lambda command, cwd: Ended(3))
    with pytest.raises(SystemExit) as end:
        make_results.main([str(tmp_path / "runs"), str(tmp_path / "results")])
    assert end.value.code == 3
