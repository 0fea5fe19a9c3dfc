# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The server finds users' modules on the launcher's PYTHONPATH, and `serve` also in the current folder. These modules
cannot replace the server's packages. A server works in its caller's directory."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from client import TESTS, Client, ServerProcess
from isolated_sessions import reset_info

from gymwire.v1 import environment_service_pb2 as pb


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


@pytest.mark.parametrize("listener", [("--lean",), ("--allow-files",), ("--isolation", "none")])
@pytest.mark.parametrize("place", [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC])
def test_environments_work_in_the_callers_directory_but_nothing_is_imported_from_it(
    tmp_path: Path, listener: tuple[str, ...], place: Any
) -> None:
    write_fakes(tmp_path)
    for name in ("random", "selectors", "queue"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('of the user')\n")
    environment = {**os.environ, "GYMWIRE_DIRECTORY": str(tmp_path), "GYMWIRE_PYTHONPATH": str(TESTS)}
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-m", "gymwire.server", "--managed", "--listen", "127.0.0.1:0", *listener]
    with subprocess.Popen(
        [*command, "--import", "isolated_envs"],
        cwd=TESTS.parent,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        client = Client(process.stdout.readline().removeprefix("listening on ").strip())
        session_id = client.make("Isolated/Writer-v0", vectorization=place).session_id
        assert reset_info(client, session_id, "folder") == str(tmp_path)
        client.close()
        process.communicate()
    assert (tmp_path / "made.txt").exists()


def test_a_server_whose_caller_has_no_directory_any_more_says_so(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    result = subprocess.run(
        [sys.executable, "-m", "gymwire.server", "--lean", "--managed", "--listen", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL,
        env={**os.environ, "GYMWIRE_DIRECTORY": str(gone)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr == (
        f"gymwire.server: the working directory {gone} cannot be used: No such file or directory; start in another "
        "directory\n"
    )


def test_the_pythonpath_of_the_tests_reaches_their_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If PYTHONPATH contains another version of a package, the tests and their servers both use this version."""
    (tmp_path / "version_to_try.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    process = ServerProcess("--import", "version_to_try", "--import", "odd_envs")
    try:
        assert process.first_line.startswith("listening on ")
    finally:
        process.kill()
