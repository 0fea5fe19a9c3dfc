# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The example clients are built as proto/README.md says, and get the same results as Gymnasium in this process."""

import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import gymnasium
import numpy as np
import numpy.typing as npt
import pytest
from client import ServerProcess
from gymnasium.vector import AutoresetMode

PROTO = Path(__file__).parents[2] / "proto"
EXAMPLES = PROTO / "examples"
README = (PROTO / "README.md").read_text(encoding="utf-8")
STEPS = 1000
# A command that takes longer than this fails its test. The time is long, because a build may first download its
# dependencies.
PATIENCE_SECONDS = 1800

NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")


@dataclasses.dataclass(frozen=True)
class Language:
    """The commands that build and run an example in its folder, and the tools that they need."""

    name: str
    # The commands, exactly as in proto/README.md.
    build: str
    test: str
    run: str
    # The prefix of the address.
    scheme: str = ""
    tools: tuple[str, ...] = ()
    # Commands that print a version, each with the oldest version that works.
    versions: tuple[tuple[str, tuple[int, ...]], ...] = ()
    # Headers that the compiler must find.
    headers: tuple[str, ...] = ()

    def missing(self) -> str | None:
        """Returns what this machine lacks for the language; None if it lacks nothing."""
        for tool in self.tools:
            if shutil.which(tool) is None:
                return f"there is no {tool}"
        for command, oldest in self.versions:
            # The command runs in the example's folder, because Go and Rust can choose a toolchain by the files there.
            result = subprocess.run(
                command.split(), cwd=EXAMPLES / self.name, capture_output=True, text=True, check=False
            )
            version = re.search(r"\d+(\.\d+)+", result.stdout)
            if result.returncode != 0 or version is None:
                return f"{command} prints {result.stdout}{result.stderr}"
            if tuple(map(int, version[0].split("."))) < oldest:
                return f"{command} prints {version[0]}, and {'.'.join(map(str, oldest))} is needed"
        includes = "".join(f"#include <{header}>\n" for header in self.headers)
        if (
            includes
            and subprocess.run(
                ["c++", "-E", "-x", "c++", "-"], input=includes, capture_output=True, text=True, check=False
            ).returncode
        ):
            return f"the compiler does not find all of {', '.join(self.headers)}"
        return None


GO = Language(
    "go",
    build="go generate && go build -o example .",
    test="go test .",
    run="./example",
    tools=("go",),
    versions=(("go env GOVERSION", (1, 24)),),
)
TYPESCRIPT = Language(
    "typescript",
    build="npm ci && npm run build",
    test="npm test",
    run="npm start --silent --",
    scheme="http://",
    tools=("node", "npm"),
    versions=(("node --version", (18, 14, 1)),),
)
RUST = Language(
    "rust",
    build="cargo build --locked",
    test="cargo test --locked",
    run="cargo run --locked --quiet --",
    scheme="http://",
    tools=("cargo", "cc"),
    versions=(("cargo --version", (1, 88)),),
)
CPP = Language(
    "cpp",
    build="cmake -S . -B build && cmake --build build",
    test="ctest --test-dir build",
    run="build/example",
    tools=("cmake", "c++", "make", "protoc", "grpc_cpp_plugin"),
    versions=(("cmake --version", (3, 20)),),
    headers=("google/protobuf/message.h", "grpcpp/grpcpp.h"),
)
LANGUAGES = (GO, TYPESCRIPT, RUST, CPP)


def shell(language: Language, command: str, folder: Path, **variables: str) -> str:
    """Runs a command in the example's folder, with environment variables, and writes its output to a file in `folder`;
    returns the output."""
    environment = dict(os.environ, CMAKE_BUILD_PARALLEL_LEVEL=str(os.cpu_count() or 1), **variables)
    if language is not CPP and shutil.which("protoc") is None:
        # If protoc is not installed, this function writes a script called "protoc". The script runs the protoc of
        # grpcio-tools, which also generated the messages of the Python package. C++ cannot use this protoc: it needs
        # one of the same version as its Protobuf library.
        protoc = folder / "protoc"
        protoc.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grpc_tools.protoc "$@"\n', encoding="utf-8")
        protoc.chmod(0o755)
        environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
    with (folder / "output").open("w+", encoding="utf-8") as output:
        # The command runs in a separate process session. If the command hangs, all its processes can be killed.
        process = subprocess.Popen(
            command,
            shell=True,
            cwd=EXAMPLES / language.name,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status: int | None = process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            status = None
        output.seek(0)
        text = output.read()
    assert status == 0, f"{command} ended with {status}:\n{text}"
    return text


def play(env_id: str, num_envs: int, action: Callable[[int], npt.NDArray[Any]]) -> dict[str, Any]:
    """Makes the examples' steps with Gymnasium in this process; returns the results."""
    envs = gymnasium.make_vec(
        env_id,
        num_envs=num_envs,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
    )
    first, infos = envs.reset(seed=42)
    first = first[0].copy()
    reward, episodes = 0.0, 0
    for step in range(STEPS):
        _, rewards, terminated, truncated, infos = envs.step(action(step))
        for one in rewards:
            reward += float(one)
        episodes += int(np.count_nonzero(terminated | truncated))
    position = float(infos["x_position"][0]) if "x_position" in infos else None
    envs.close()
    return {"first": first, "reward": reward, "episodes": episodes, "x_position": position}


def torques(step: int) -> npt.NDArray[np.float32]:
    env, joint = np.indices((8, 6))
    return np.asarray((step + env + joint) % 3 - 1, np.float32)


def check_steps(output: str, env_id: str, expected: dict[str, Any]) -> None:
    """Compares a client's output about an environment with Gymnasium's results in this process, bit for bit."""
    first = re.search(rf"^{env_id}: first observation (.*)$", output, re.M)
    assert first is not None, output
    numbers = np.array(re.findall(NUMBER, first[1]), expected["first"].dtype)
    np.testing.assert_array_equal(numbers, expected["first"])
    end = re.search(rf"^{env_id}: {STEPS} steps gave reward ({NUMBER}) and ended (\d+) episodes$", output, re.M)
    assert end is not None, output
    assert (float(end[1]), int(end[2])) == (expected["reward"], expected["episodes"])
    assert expected["episodes"] > 0


@pytest.fixture(scope="module")
def cart_pole() -> dict[str, Any]:
    return play("CartPole-v1", 1, lambda step: np.array([step % 2]))


@pytest.fixture(scope="module")
def half_cheetah() -> dict[str, Any]:
    return play("HalfCheetah-v5", 8, torques)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_an_example_gets_the_same_results_as_gymnasium(
    language: Language, cart_pole: dict[str, Any], half_cheetah: dict[str, Any], tmp_path: Path
) -> None:
    missing = language.missing()
    if missing is not None:
        required = os.environ.get("GYMWIRE_REQUIRE_LANGUAGES", "").split()
        assert language.name not in required, f"GYMWIRE_REQUIRE_LANGUAGES names {language.name}, but {missing}"
        pytest.skip(missing)
    shell(language, language.build, tmp_path)
    shell(language, language.test, tmp_path)

    log = tmp_path / "log"
    server = ServerProcess("--log-file", str(log))
    try:
        # Nothing listens at this address, so a client that used a proxy could not reach the server.
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:1")
        run = f"{language.run} {language.scheme}{server.address}"
        output = shell(language, run, tmp_path, **proxies, no_proxy="", NO_PROXY="")
        server.signal(signal.SIGTERM)
        server.wait()
    finally:
        server.kill()

    ready = re.search(r"^(\d+) environments can be made$", output, re.M)
    assert ready is not None, output
    assert int(ready[1]) >= 30
    fps = gymnasium.make("CartPole-v1").metadata["render_fps"]
    assert f"CartPole-v1: render_fps {fps}\n" in output
    check_steps(output, "CartPole-v1", cart_pole)
    check_steps(output, "HalfCheetah-v5", half_cheetah)
    position = re.search(rf"^HalfCheetah-v5: x_position ({NUMBER})$", output, re.M)
    assert position is not None, output
    assert float(position[1]) == half_cheetah["x_position"]
    code = grpc.StatusCode.NOT_FOUND.value[0]
    refused = re.search(rf"^refused: code {code}, (.*) \(gymnasium\.error\.VersionNotFound\)$", output, re.M)
    assert refused is not None, output
    assert "CartPole-v9" in refused[1]
    assert "CartPole-v1" in refused[1]

    ends = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(end["env_id"], end["steps"], end["resets"], end["reason"]) for end in ends] == [
        ("CartPole-v1", STEPS, 1, "its client closed it"),
        ("HalfCheetah-v5", STEPS, 1, "its client closed it"),
    ]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_the_readme_says_how_an_example_is_built_tested_and_run(language: Language) -> None:
    assert f"`{language.build}`" in README
    assert f"`{language.test}`" in README
    assert f"`{language.run} {language.scheme}127.0.0.1:50051`" in README


def test_the_lock_file_of_npm_names_no_package_index() -> None:
    packages = json.loads((EXAMPLES / "typescript" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 5
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
