# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The server finds users' modules on the launcher's PYTHONPATH and in the current folder. These modules cannot replace
the server's packages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from client import TESTS, ServerProcess


def write_fakes(folder: Path) -> None:
    for name in ("queue", "token"):
        (folder / f"{name}.py").write_text("raise RuntimeError('not of the standard library')\n")
    for name in ("numpy", "google", "grpc", "gymnasium"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise RuntimeError('of another Python')\n")


@pytest.mark.parametrize("listener", [(), ("--lean",)])
@pytest.mark.parametrize("place", ["variable", "current folder"])
def test_users_modules_are_found_but_cannot_replace_packages(
    tmp_path: Path, place: str, listener: tuple[str, ...]
) -> None:
    write_fakes(tmp_path)
    (tmp_path / "users_module.py").write_text("print('imported')\n")
    environment = dict(os.environ)
    environment.pop("PYTHONPATH", None)
    if place == "variable":
        environment["GYMWIRE_PYTHONPATH"] = f"{tmp_path}{os.pathsep}"
    command = [sys.executable, "-m", "gymwire.server", "--managed", "--listen", "127.0.0.1:0", *listener]
    with subprocess.Popen(
        [*command, "--import", "users_module"],
        cwd=tmp_path if place == "current folder" else TESTS,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("listening on ")
        process.communicate()
    assert process.returncode == 0


def test_the_pythonpath_of_the_tests_reaches_their_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If PYTHONPATH contains another version of a package, the tests and their servers both use this version."""
    (tmp_path / "version_to_try.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    process = ServerProcess("--import", "version_to_try", "--import", "odd_envs")
    try:
        assert process.first_line.startswith("listening on ")
    finally:
        process.kill()
