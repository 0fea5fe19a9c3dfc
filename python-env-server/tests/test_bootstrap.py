# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of bootstrap.py: which Python makes the virtual environment, the error for a folder of another user, and the
removal of environment variables that are meant for another Python."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from client import TESTS
from minimal_checkout import Checkout

PYTHON = "/usr/bin/python3"
NOBODY = 65534
HOME = TESTS.parent
NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has its interpreters in other places")


@pytest.fixture
def checkout() -> Iterator[Path]:
    # Other users cannot read pytest's own folders.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        server = Path(folder, "python-env-server")
        server.mkdir()
        for name in (
            "bootstrap.py",
            "user_packages.py",
            "requirements.lock",
            "requirements-dev.lock",
            "pyproject.toml",
            "hatch_build.py",
        ):
            shutil.copy(HOME / name, server)
        shutil.copytree(HOME.parent / "proto" / "gymwire", Path(folder, "proto", "gymwire"))
        yield server


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(not os.access(PYTHON, os.X_OK), reason="needs a Python that other users can run")
@pytest.mark.parametrize("begun", [False, True])
def test_the_error_for_a_folder_of_another_user_says_what_to_do(checkout: Path, begun: bool) -> None:
    if begun:
        (checkout / "target").mkdir()
    result = subprocess.run(
        [PYTHON, checkout / "bootstrap.py"], user=NOBODY, group=NOBODY, capture_output=True, text=True, check=False
    )
    if result.stderr.startswith("Gymwire needs Python"):
        pytest.skip("that Python is too old")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert f"{checkout}/target" in result.stderr
    assert f"cp -R '{checkout.parent}' ~/gymwire" in result.stderr


@pytest.fixture
def built(tmp_path: Path) -> Checkout:
    """A checkout whose virtual environment is ready."""
    made = Checkout(tmp_path)
    made.succeed()
    return made


@NOT_ON_WINDOWS
def test_a_ready_environment_is_used_by_every_version_of_python(built: Checkout) -> None:
    assert built.succeed(other_python=True) == ""
    assert "needed==1.0" in built.run("pip", "list", "--format=freeze", other_python=True).stdout
    assert "test packages" in built.succeed("--dev", other_python=True)
    assert built.succeed("--dev") == ""


@NOT_ON_WINDOWS
def test_an_environment_of_another_version_than_gymwire_python_is_made_again(built: Checkout) -> None:
    before = built.stamp()
    chosen = {"GYMWIRE_PYTHON": "/opt/other/bin/python3"}
    assert built.succeed(variables=chosen) == ""
    assert "Setting up the Python environment" in built.succeed(variables=chosen, other_python=True)
    # The new virtual environment has the Python that really made it.
    assert built.stamp() == before


@NOT_ON_WINDOWS
@pytest.mark.parametrize("version", ["", "cpython 3.98"])
def test_an_environment_whose_python_does_not_start_or_was_upgraded_is_made_again(
    built: Checkout, version: str
) -> None:
    python = built.venv / "bin" / "python"
    python.unlink()
    python.write_text(f"#!/bin/sh\necho {version}\nexit {0 if version else 1}\n")
    python.chmod(0o755)
    assert "Setting up the Python environment" in built.succeed()
    assert built.versions() == {"gymwire": "0.1.0", "needed": "1.0"}


def test_variables_of_another_python_do_not_reach_the_processes_of_bootstrap() -> None:
    script = (
        "import bootstrap, os; bootstrap.forget_foreign_settings(); "
        "print([n for n in os.environ if n.startswith(('PYTHON', 'PIP_'))])"
    )
    foreign = {
        "PYTHONHOME": "/opt/other",
        "PYTHONINSPECT": "1",
        "PIP_TARGET": "/opt",
        "PIP_USER": "1",
        "PIP_INDEX": "x",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    output = subprocess.check_output(
        [sys.executable, "-E", "-c", f"import sys; sys.path.insert(0, {str(HOME)!r}); {script}"],
        env={**kept, **foreign},
        text=True,
    )
    assert output == "['PIP_INDEX']\n"
