# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""`pip install` of python-env-server installs the client into an empty virtual environment. The extra `server` adds
the packages that the server needs.

Building and installing need packages from the package index. If it cannot be reached, these tests are skipped.
"""

import json
import re
import runpy
import shlex
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import gymnasium
import pytest
from client import TESTS, ServerProcess

HOME = TESTS.parent
PROTO = HOME.parent / "proto"
CONTRACT = PROTO / "gymwire"
SERVER_PACKAGES = {"av", "grpcio-health-checking", "grpcio-reflection", "hpack", "mujoco", "pygame", "pygame-ce"}


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Returns the standard output of a command; if the command fails, the test fails with all its output."""
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command} ended with {result.returncode}:\n{result.stdout}\n{result.stderr}"
    return result.stdout


def pip(python: str | Path, *arguments: str | Path) -> str:
    """Runs an interpreter's pip without PYTHONPATH and without the user's packages."""
    return run(python, "-I", "-m", "pip", "--disable-pip-version-check", *arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the tests of this file. If the package index cannot be reached, the tests are skipped."""
    path = tmp_path_factory.mktemp("packaging")
    download = ("download", "--quiet", "--no-deps", "--no-cache-dir", "--retries", "0", "--dest", str(path / "any"))
    result = subprocess.run(
        [sys.executable, "-I", "-m", "pip", *download, "editables"], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        pytest.skip(f"the package index cannot be reached: {' '.join(result.stderr.split())[-300:]}")
    return path


@pytest.fixture(scope="module")
def wheel(folder: Path) -> Path:
    """The wheel built from this checkout. The build generates the message classes again, because another version of
    grpcio-tools may have generated the message classes in the checkout."""
    pip(sys.executable, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder / "tree", HOME)
    (path,) = (folder / "tree").iterdir()
    return path


@pytest.fixture(scope="module")
def sdist(folder: Path) -> Path:
    run(sys.executable, "-I", "-m", "hatchling", "build", "-t", "sdist", "-d", folder / "sdist", cwd=HOME)
    (path,) = (folder / "sdist").iterdir()
    return path


@pytest.fixture(scope="module")
def python(folder: Path, wheel: Path) -> Path:
    """The interpreter of a virtual environment that has only the packages of the client. The last test adds the
    packages of the server."""
    return make_environment(folder / "venv", wheel)


def make_environment(home: Path, *requirements: str | Path) -> Path:
    """Installs requirements into an empty virtual environment; returns its interpreter."""
    run(sys.executable, "-I", "-m", "venv", home)
    path = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip(path, "install", "--quiet", *requirements)
    return path


def lowest_versions(wheel: Path) -> dict[str, str]:
    """Returns the lowest version of each package that a wheel requires without an extra."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    lines = re.findall(r"^Requires-Dist: ([^;\n]*)$", metadata, re.MULTILINE)
    return {re.split("[<>=]", line)[0]: re.findall(r">=([\d.]+)", line)[0] for line in lines}


def installed(python: Path) -> set[str]:
    return {package["name"].lower() for package in json.loads(pip(python, "list", "--format", "json"))}


def use_client(python: Path, address: str) -> dict[str, Any]:
    """Runs the installed client; every warning is an error."""
    return json.loads(run(python, "-I", "-W", "error", TESTS / "installed_client.py", address))


def assert_cart_pole(report: dict[str, Any]) -> None:
    # The server can run in another virtual environment. Its Gymnasium and NumPy may round differently.
    local = gymnasium.make("CartPole-v1")
    assert report["first"] == pytest.approx(local.reset(seed=7)[0].tolist(), rel=1e-6)
    assert report["second"] == pytest.approx(local.step(1)[0].tolist(), rel=1e-6)
    assert report["row"] == report["second"]
    assert report["reward"] == 1.0
    assert report["server_modules"] == []
    assert "CartPole-v1" in report["listed"]


def test_wheels_from_the_repository_and_from_the_source_distribution_are_the_same(
    folder: Path, wheel: Path, sdist: Path
) -> None:
    pip(sys.executable, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder / "from_sdist", sdist)
    (other,) = (folder / "from_sdist").iterdir()
    assert other.name == wheel.name
    with zipfile.ZipFile(wheel) as ours, zipfile.ZipFile(other) as theirs:
        assert ours.namelist() == theirs.namelist()
        assert [name for name in ours.namelist() if ours.read(name) != theirs.read(name)] == []


def test_proto_files_of_packages_in_the_examples_are_not_compiled(tmp_path: Path) -> None:
    for path in ("gymwire/v1/value.proto", "examples/typescript/node_modules/@grpc/grpc-js/proto/channelz.proto"):
        file = tmp_path / path
        file.parent.mkdir(parents=True)
        file.touch()
    files = runpy.run_path(str(HOME / "hatch_build.py"))["_proto_files"](tmp_path)
    assert files == ["gymwire/v1/value.proto"]


def test_the_wheel_has_the_license_of_the_repository(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = [archive.read(name) for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE")]
    assert texts == [(HOME.parent / "LICENSE").read_bytes()]


def test_the_source_distribution_has_the_contract_and_nothing_generated(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    contract = {f"proto/{path.relative_to(PROTO).as_posix()}" for path in CONTRACT.rglob("*.proto")}
    assert contract
    assert {name for name in names if name.startswith("proto/")} == contract
    assert [name for name in names if "_pb2" in name] == []


def test_message_classes_are_generated_for_the_oldest_allowed_protobuf_and_grpcio(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist() if "gymwire/" in name}
    lowest = lowest_versions(wheel)
    for path in CONTRACT.rglob("*.proto"):
        name = path.relative_to(PROTO).with_suffix("").as_posix()
        made_for = re.findall(r"Protobuf Python Version: (\S+)", files[f"{name}_pb2.py"])
        assert made_for == [lowest["protobuf"]]
        made_for = re.findall(r"GRPC_GENERATED_VERSION = '(\S+)'", files[f"{name}_pb2_grpc.py"])
        assert made_for == [lowest["grpcio"]]


def test_the_client_alone_works_and_needs_nothing_of_the_server(python: Path, server: ServerProcess) -> None:
    assert_cart_pole(use_client(python, server.address))
    assert installed(python) & SERVER_PACKAGES == set()


def test_the_client_works_with_the_oldest_allowed_packages_except_numpy(
    folder: Path, wheel: Path, server: ServerProcess
) -> None:
    lowest = lowest_versions(wheel)
    # Newer versions of Python need a newer NumPy than the oldest that is allowed.
    del lowest["numpy"]
    oldest = make_environment(folder / "oldest", wheel, *(f"{name}=={version}" for name, version in lowest.items()))
    assert_cart_pole(use_client(oldest, server.address))


def test_the_server_works_with_the_oldest_gymnasium_and_mujoco_that_are_allowed(folder: Path) -> None:
    output = run(sys.executable, HOME / "try_versions.py", "floor", "--short", "--folder", folder / "floor")
    text = (HOME / "pyproject.toml").read_text(encoding="utf-8")
    for package in ("gymnasium", "mujoco"):
        (version,) = re.findall(rf'"{package}>=([\d.]+)', text)
        assert f"{package} {version}" in output
    assert re.search(r"\d+ passed", output)


def test_a_server_without_its_packages_names_the_command_that_installs_them(python: Path) -> None:
    result = subprocess.run(
        [str(python), "-I", "-m", "gymwire.server", "--listen", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "av, grpc_health, grpc_reflection, hpack cannot be found" in result.stderr
    # Runs the printed command; from here on, this virtual environment also has the server.
    run(*shlex.split(result.stderr.partition("install them with: ")[2]))
    assert {"av", "grpcio-health-checking", "grpcio-reflection", "hpack"} <= installed(python)
    process = ServerProcess(python=python)
    try:
        report = use_client(python, process.address)
    finally:
        process.kill()
    assert_cart_pole(report)
    assert {"FrozenLake-v1", "Pendulum-v1"} <= set(report["listed"])
    assert "Hopper-v5" not in report["listed"]
