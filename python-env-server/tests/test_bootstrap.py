# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of bootstrap.py: which Python makes the virtual environment, the error for a folder of another user, and the
removal of environment variables that are meant for another Python. Also tests of the errors of .mvn/fetch_maven.py."""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from client import TESTS
from minimal_checkout import Checkout, package

PYTHON = "/usr/bin/python3"
NOBODY = 65534
HOME = TESTS.parent
FETCH_MAVEN = HOME.parent / ".mvn" / "fetch_maven.py"
NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has its interpreters in other places")
ONLY_ROOT = pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can become another user")


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


@ONLY_ROOT
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
@pytest.mark.parametrize("script", ["", "#!/bin/sh\nexit 1\n", "#!/bin/sh\n[ $3 = -c ] && echo cpython 3.98\n"])
def test_an_environment_whose_python_is_lost_or_does_not_start_or_was_upgraded_is_made_again(
    built: Checkout, script: str
) -> None:
    python = built.venv / "bin" / "python"
    # A package from a folder, installed without ./gymwire pip.
    local = package(built.folder / "local", "local", "4.0")
    subprocess.check_call([python, "-m", "pip", "install", "--quiet", local])
    python.unlink()
    if script:
        python.write_text(script)
        python.chmod(0o755)
    assert "Setting up the Python environment" in built.succeed()
    assert built.versions() == {"gymwire": "0.1.0", "needed": "1.0", "local": "4.0"}


@NOT_ON_WINDOWS
def test_after_a_failed_rebuild_the_old_environment_is_ready_again(built: Checkout) -> None:
    built.publish("byhand", "6.0")
    by_hand = ["install", "--quiet", "--no-index", "--find-links", str(built.index), "byhand"]
    subprocess.check_call([built.venv / "bin" / "pip", *by_hand])
    built.lock("2.0")
    (built.home / "target" / "old-venv").mkdir()
    failed = built.run(variables={"PIP_FIND_LINKS": ""})
    assert failed.returncode == 1
    assert "Could not install the Python packages" in failed.stderr
    assert built.versions() == {"gymwire": "0.1.0", "needed": "1.0", "byhand": "6.0"}
    built.lock("1.0")
    assert built.succeed(variables={"PIP_FIND_LINKS": ""}) == ""
    assert built.rebuild("2.0").startswith("Setting up the Python environment")
    assert built.versions() == {"gymwire": "0.1.0", "needed": "2.0", "byhand": "6.0"}
    assert not (built.home / "target" / "old-venv").exists()


@NOT_ON_WINDOWS
def test_after_a_killed_rebuild_the_old_environment_is_ready_again(built: Checkout) -> None:
    built.venv.rename(built.home / "target" / "old-venv")
    built.venv.mkdir()
    assert built.succeed() == ""
    assert built.versions() == {"gymwire": "0.1.0", "needed": "1.0"}


@NOT_ON_WINDOWS
def test_an_environment_behind_a_link_is_made_again_in_place_of_the_link(built: Checkout) -> None:
    place = built.home / "elsewhere"
    built.venv.rename(place)
    built.venv.symlink_to(os.path.relpath(place, built.venv.parent))
    built.rebuild("2.0")
    assert built.versions() == {"gymwire": "0.1.0", "needed": "2.0"}
    assert not built.venv.is_symlink()


@NOT_ON_WINDOWS
def test_an_old_environment_that_is_left_beside_a_complete_one_is_not_used(built: Checkout) -> None:
    old = built.home / "target" / "old-venv"
    old.mkdir()
    shutil.copy(built.venv / "gymwire-stamp.json", old)
    (built.home / "hatch_build.py").write_text("raise RuntimeError\n")
    (built.home / "backend.py").write_text("raise RuntimeError\n")
    assert "Could not install Gymwire's server" in built.run().stderr
    assert built.versions() == {"gymwire": "0.1.0", "needed": "1.0"}


@pytest.fixture(scope="module")
def shared() -> Iterator[Checkout]:
    """A checkout of root whose virtual environment is ready. Other users can read it, and run its Python."""
    script = "import ensurepip, sys; sys.exit(sys.version_info < (3, 10))"
    if not os.access(PYTHON, os.X_OK) or subprocess.call([PYTHON, "-c", script], stderr=subprocess.DEVNULL) != 0:
        pytest.skip(f"{PYTHON} cannot make a virtual environment")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        made = Checkout(Path(folder), PYTHON)
        made.succeed()
        yield made


@ONLY_ROOT
def test_another_user_can_use_a_ready_environment_and_list_its_packages(shared: Checkout) -> None:
    assert shared.run(user=NOBODY).stderr == ""
    listed = shared.run("pip", "list", "--format=freeze", user=NOBODY)
    assert "needed==1.0" in listed.stdout, listed.stderr


@ONLY_ROOT
def test_another_user_who_wants_to_add_a_package_learns_that_only_the_owner_can(shared: Checkout) -> None:
    refused = shared.run("pip", "install", "needed", user=NOBODY)
    assert refused.returncode == 1
    assert "you cannot change the packages of Gymwire's Python environment" in refused.stderr
    assert "Ask the folder's owner to change them" in refused.stderr


@ONLY_ROOT
def test_another_user_with_another_version_in_gymwire_python_learns_both_versions(shared: Checkout) -> None:
    chosen = {"GYMWIRE_PYTHON": "/opt/other/bin/python3"}
    refused = shared.run(variables=chosen, other_python=True, user=NOBODY)
    assert refused.returncode == 1
    version = subprocess.check_output([PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], text=True)
    assert f"environment has cpython {version.strip()}, " in refused.stderr
    assert "GYMWIRE_PYTHON=/opt/other/bin/python3 is cpython 3.99, " in refused.stderr
    assert "Unset GYMWIRE_PYTHON" in refused.stderr


@ONLY_ROOT
def test_another_user_who_cannot_run_the_python_of_the_environment_learns_its_path(shared: Checkout) -> None:
    closed = shared.folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "python3").symlink_to(PYTHON)
    python = shared.venv / "bin" / "python"
    before = os.readlink(python)
    python.unlink()
    python.symlink_to(closed / "python3")
    try:
        refused = shared.run(user=NOBODY)
    finally:
        python.unlink()
        python.symlink_to(before)
    assert refused.returncode == 1
    assert f"was made with {closed}/python3, which you cannot run" in refused.stderr
    assert f"remove {shared.venv}" in refused.stderr
    assert "GYMWIRE_PYTHON=/usr/bin/python3 ./gymwire info" in refused.stderr


def test_variables_of_another_python_do_not_reach_the_processes_of_bootstrap() -> None:
    script = (
        "import bootstrap, os; bootstrap.forget_foreign_settings(); "
        "print({n: v for n, v in os.environ.items() if n.startswith(('PYTHON', 'PIP_'))})"
    )
    foreign = {
        "PYTHONHOME": "/opt/other",
        "PYTHONINSPECT": "1",
        "PIP_TARGET": "/opt",
        "PIP_USER": "1",
        "PIP_INDEX_URL": "x",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    output = subprocess.check_output(
        [sys.executable, "-E", "-c", f"import sys; sys.path.insert(0, {str(HOME)!r}); {script}"],
        env={**kept, **foreign},
        text=True,
    )
    assert ast.literal_eval(output) == {"PIP_INDEX_URL": "x", "PIP_USER": "0"}


def foreign_settings(folder: Path) -> dict[str, str]:
    """Returns variables each of which makes pip fail, or makes it install into another folder."""
    constraints = folder / "constraints.txt"
    constraints.write_text("needed==9.0\n")
    settings = folder / "pip.conf"
    settings.write_text("[install]\nuser = true\n")
    return {
        "PIP_CONFIG_FILE": str(settings),
        "PIP_USER": "1",
        **dict.fromkeys(("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT", "PIP_REQUIREMENT"), str(constraints)),
        **dict.fromkeys(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"), str(folder / "elsewhere")),
        "PIP_PYTHON": str(folder / "absent"),
    }


@NOT_ON_WINDOWS
def test_settings_of_pip_for_other_installations_do_no_harm(built: Checkout) -> None:
    built.lock("2.0")
    built.succeed(variables=foreign_settings(built.folder))
    assert built.versions() == {"gymwire": "0.1.0", "needed": "2.0"}
    assert not (built.folder / "elsewhere").exists()


def fetch_maven(*program: str | Path, **variables: str) -> str:
    """Runs a program that must fail, with only these variables; returns its standard error."""
    result = subprocess.run(
        [sys.executable, "-E", *program], env=variables, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1, result.stdout
    return result.stderr


@pytest.mark.parametrize("variable", ["GYMWIRE_CACHE", "XDG_CACHE_HOME", "HOME"])
def test_if_maven_cannot_be_written_the_error_names_the_folder_and_a_remedy(tmp_path: Path, variable: str) -> None:
    file = tmp_path / "file"
    file.touch()
    error = fetch_maven(FETCH_MAVEN, **{variable: str(file / "below")})
    assert f"could not be put into {file}" in error
    assert "set GYMWIRE_CACHE to a folder that you can write" in error
    assert "Traceback" not in error


def test_without_a_home_directory_the_error_of_fetch_maven_names_gymwire_cache(tmp_path: Path) -> None:
    script = f"""
import pathlib, runpy
def home(*arguments):
    raise RuntimeError("Could not determine home directory.")
pathlib.Path.home = home
runpy.run_path({str(FETCH_MAVEN)!r}, run_name="__main__")
"""
    assert "set GYMWIRE_CACHE to a folder for it" in fetch_maven("-c", script)
    # With GYMWIRE_CACHE, no home directory is needed.
    (tmp_path / "file").touch()
    assert "could not be put into" in fetch_maven("-c", script, GYMWIRE_CACHE=str(tmp_path / "file"))


def test_settings_of_pip_for_other_installations_do_not_reach_the_processes_of_fetch_maven(tmp_path: Path) -> None:
    script = f"""
import os, runpy, sys
run = runpy.run_path({str(FETCH_MAVEN)!r})["run"]
sys.exit(run([sys.executable, "-c", "import os; print({{n: v for n, v in os.environ.items() if n[:4] == 'PIP_'}})"]))
"""
    foreign = foreign_settings(tmp_path)
    found = ast.literal_eval(fetch_maven("-c", script, PIP_INDEX_URL="x", **foreign))
    assert found == {"PIP_INDEX_URL": "x", "PIP_CONFIG_FILE": foreign["PIP_CONFIG_FILE"], "PIP_USER": "0"}
