# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Interpreters that multiprocessing starts import nothing from the working directory."""

import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from gymwire.server.interpreters import started_safely, without_working_directory


def _check_variable() -> None:
    started_safely()
    assert "PYTHONSAFEPATH" not in os.environ


def test_a_spawned_interpreter_imports_nothing_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    (tmp_path / "selectors.py").write_text("raise RuntimeError('of the user')\n")
    monkeypatch.chdir(tmp_path)
    process = multiprocessing.get_context("spawn").Process(target=_check_variable)
    with without_working_directory():
        process.start()
    process.join()
    assert process.exitcode == 0


def test_the_directory_and_the_variables_are_as_before_after_several_threads_started_interpreters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    directory = os.getcwd()
    both = threading.Barrier(2)

    def enter() -> None:
        both.wait()
        for _ in range(200):
            with without_working_directory():
                pass

    threads = [threading.Thread(target=enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.getcwd() == directory
    assert "PYTHONSAFEPATH" not in os.environ
