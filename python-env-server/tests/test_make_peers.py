# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""make_peers.py makes the virtual environment of the peers (the libraries that the benchmark compares with Gymwire)
once, and again when the lock file changes. Its errors name the remedy."""

import importlib.util
import subprocess
import venv
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "bench" / "make_peers.py"


class Installer:
    """Replaces venv and pip: records the commands and returns `code`."""

    def __init__(self) -> None:
        self.code = 0
        self.commands: list[list[Any]] = []

    def create(self, _builder: venv.EnvBuilder, folder: Path) -> None:
        folder.mkdir()
        (folder / "python").touch()

    def call(self, command: list[Any], **_: Any) -> int:
        self.commands.append(command)
        return self.code


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Installer:
    fake = Installer()
    monkeypatch.setattr(venv.EnvBuilder, "create", lambda builder, folder: fake.create(builder, folder))
    monkeypatch.setattr(subprocess, "call", fake.call)
    return fake


@pytest.fixture
def make_peers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_peers", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "lock").write_text("torch==1")
    monkeypatch.setattr(module, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(module, "VENV", tmp_path / "venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / "venv" / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / "venv" / "stamp")
    monkeypatch.setattr(module, "LOG", tmp_path / "log" / "peers.log")
    monkeypatch.setattr(module.sys, "version_info", (3, 11, 2))
    return module


def test_the_venv_is_made_once_with_a_message(
    make_peers: ModuleType, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    make_peers.main()
    assert "--require-hashes" in installer.commands[0]
    assert "Setting up the peers' Python environment" in capsys.readouterr().err
    make_peers.main()
    assert len(installer.commands) == 1
    assert capsys.readouterr().err == ""


def test_the_venv_is_made_again_when_the_lock_file_changes_or_its_interpreter_is_gone(
    make_peers: ModuleType, installer: Installer, tmp_path: Path
) -> None:
    make_peers.main()
    (tmp_path / "lock").write_text("torch==2")
    make_peers.main()
    assert len(installer.commands) == 2
    (tmp_path / "venv" / "python").unlink()
    make_peers.main()
    assert len(installer.commands) == 3


def test_a_failed_installation_is_reported_and_tried_again(make_peers: ModuleType, installer: Installer) -> None:
    installer.code = 1
    with pytest.raises(SystemExit, match=r"could not install the peers \(exit code 1\); check the package index"):
        make_peers.main()
    installer.code = 0
    make_peers.main()
    assert len(installer.commands) == 2


def test_an_old_python_is_refused(
    make_peers: ModuleType, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_peers.sys, "version_info", (3, 10, 9))
    with pytest.raises(SystemExit, match=r"need Python 3\.11 or newer"):
        make_peers.main()
    assert installer.commands == []
