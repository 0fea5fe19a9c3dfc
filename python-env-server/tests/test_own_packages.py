# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Environments and wrappers of a user's package: who may import them, and what a session reports about them."""

import functools
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from client import TESTS, Client, ServerProcess, refusal

from gymwire.codec import encode_dict
from gymwire.server.distributions import distributions
from gymwire.server.failures import describe
from gymwire.server.fingerprint import fingerprint
from gymwire.v1 import environment_service_pb2 as pb

TINYLAB = TESTS / "packages" / "tinylab"
ENV_ID = "tinylab:tinylab/Walk-v0"


@contextmanager
def serve(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Iterator[Client]:
    # The server appends this folder to sys.path. So the tests need not change PYTHONPATH.
    monkeypatch.setenv("GYMWIRE_PYTHONPATH", str(TINYLAB))
    server = ServerProcess(*arguments)
    client = Client(server.address)
    try:
        yield client
    finally:
        client.close()
        server.kill()


def shift(by: float) -> pb.WrapperSpec:
    return pb.WrapperSpec(name="tinylab:Shift", kwargs=encode_dict({"by": by}))


@pytest.mark.parametrize("arguments", [("--import", "tinylab"), ("--allow-import",), ("--allow-import", "--lean")])
def test_environment_ids_and_wrapper_names_may_begin_with_an_imported_or_allowed_module(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    with serve(monkeypatch, *arguments) as client:
        made = client.make(ENV_ID, wrappers=[shift(2.0), shift(0.5)])
        assert made.spec.env_id == "tinylab/Walk-v0"
        client.reset(made.session_id, seed=1)
        rewards = np.frombuffer(client.step(made.session_id, np.array([0])).rewards)
        assert rewards.tolist() == [pytest.approx(-0.01 + 2.5)]


def test_a_module_that_the_operator_has_not_imported_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(monkeypatch, "--import", "odd_envs") as client:
        requests: list[dict[str, Any]] = [{"env_id": ENV_ID}, {"env_id": "CartPole-v1", "wrappers": [shift(1.0)]}]
        for fields in requests:
            code, detail = refusal(functools.partial(client.make, **fields))
            assert code is grpc.StatusCode.PERMISSION_DENIED
            assert "--import tinylab" in detail.message


@pytest.mark.parametrize(
    ("env_id", "wrapper", "words"),
    [
        ("absent_lab:Arm-v0", None, ["absent_lab", "./gymwire pip install"]),
        ("absent_lab/Arm-v0", None, ["./gymwire pip install PACKAGE", "--import MODULE"]),
        ("tinylab:tinylab/Run-v0", None, ["'tinylab' is imported and does not register it", "tinylab/Walk-v0"]),
        (ENV_ID, "absent_lab:Shift", ["absent_lab:Shift", "is installed"]),
        (ENV_ID, "tinylab:Absent", ["tinylab has no wrapper 'Absent'"]),
        (ENV_ID, "tinylab:Observation", ["tinylab:Observation refuses"]),
    ],
)
def test_the_error_for_a_name_that_cannot_be_used_gives_the_reason_or_the_remedy(
    monkeypatch: pytest.MonkeyPatch, env_id: str, wrapper: str | None, words: list[str]
) -> None:
    with serve(monkeypatch, "--allow-import") as client:
        wrappers = [] if wrapper is None else [pb.WrapperSpec(name=wrapper)]
        _, detail = refusal(lambda: client.make(env_id, wrappers=wrappers))
        assert all(word in detail.message for word in words), detail.message


def test_an_exception_without_a_text_is_reported_with_the_line_that_raised_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(monkeypatch, "--import", "tinylab") as client:
        _, detail = refusal(lambda: client.make(ENV_ID, kwargs={"length": -1.0}))
        assert "failed to start: AssertionError in __init__, " in detail.message
        assert "tinylab/__init__.py line " in detail.message
        assert detail.message.endswith(": raise AssertionError"), detail.message
    assert describe(AssertionError()) == "AssertionError"
    assert describe(ValueError("a\n b")) == "ValueError: a b"


@pytest.mark.parametrize("vectorization", [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC])
def test_a_session_names_the_python_distributions_that_define_its_environments(
    monkeypatch: pytest.MonkeyPatch, vectorization: pb.Vectorization
) -> None:
    with serve(monkeypatch, "--allow-import") as client:
        made = client.make(ENV_ID, 2, distributions=True, vectorization=vectorization)
        assert {"gymnasium", "numpy", "tinylab"} <= set(made.distributions)
        # The package is on the path but not installed, so it has no version.
        assert made.distributions["tinylab"].startswith("sha256:")
        assert "mujoco" not in made.distributions
        assert "mujoco" in client.make("HalfCheetah-v5", distributions=True).distributions
        assert not client.make("CartPole-v1").distributions


def test_installed_and_editable_distributions_have_their_versions(tmp_path: Path) -> None:
    script = (
        "import sys, gymnasium; from gymwire.server.distributions import distributions; "
        "print(distributions(gymnasium.make('tinylab:tinylab/Walk-v0'), ())['tinylab'])"
    )
    versions = {}
    for kind, build in (("installed", "build_wheel"), ("editable", "build_editable")):
        folder = tmp_path / kind
        folder.mkdir()
        install(build, folder)
        output = subprocess.check_output(
            [sys.executable, "-c", f"import site; site.addsitedir({str(folder)!r}); {script}"], text=True
        )
        versions[kind] = output.strip()
    assert versions["installed"] == "0.1"
    assert versions["editable"].startswith("0.1 sha256:")


def install(build: str, folder: Path) -> None:
    """Makes a wheel of tinylab, and installs the wheel into the folder as pip would. `build` is the name of a function
    in tinylab's backend.py, which makes the wheel."""
    script = f"import backend; print(backend.{build}({str(folder)!r}))"
    name = subprocess.check_output([sys.executable, "-c", script], cwd=TINYLAB, text=True).strip()
    subprocess.check_call([sys.executable, "-m", "zipfile", "-e", folder / name, folder])
    if build == "build_editable":
        info = next(folder.glob("*.dist-info"))
        (info / "direct_url.json").write_text(f'{{"url": "{TINYLAB.as_uri()}", "dir_info": {{"editable": true}}}}')


def test_a_file_that_cannot_be_read_is_left_out_of_the_hash_of_a_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "unhashed_lab"
    package.mkdir()
    (package / "__init__.py").write_text("import faulty_envs\n\n\nclass Arm(faulty_envs.WellBehaved): pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    env = importlib.import_module("unhashed_lab").Arm()
    before = distributions(env, ())["unhashed_lab"]
    (package / ".#arm.py").symlink_to("user@host.123")  # as Emacs makes it
    (package / "folder.py").mkdir()
    os.mkfifo(package / "pipe.py")
    (package / "private.py").write_text("secret = 1\n")
    read = Path.read_bytes

    # The user root, who runs some tests, can read every file.
    def read_bytes(path: Path) -> bytes:
        if path.name == "private.py":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert distributions(env, ())["unhashed_lab"] == before
    (package / "arm.py").write_text("length = 1\n")
    assert distributions(env, ())["unhashed_lab"] != before


def test_the_fingerprint_contains_the_versions_that_the_user_has_unlocked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not fingerprint().unlocked
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    (tmp_path / "gymwire-stamp.json").write_text('{"packages": "0", "unlocked": {"numpy": "2.0.0"}}')
    assert dict(fingerprint().unlocked) == {"numpy": "2.0.0"}
