# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Environments that harm their process, or that need a separate process. Load them with ``--import isolated_envs``."""

import asyncio
import contextlib
import ctypes
import math
import mmap
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from faulty_envs import Observation, WellBehaved
from gymnasium.envs.classic_control.cartpole import CartPoleEnv

from gymwire.server.limits import RESERVED_PER_RESIDENT

Frame = npt.NDArray[np.uint8]
_Reset = tuple[Observation, dict[str, Any]]
_Step = tuple[Observation, Any, bool, bool, dict[str, Any]]

LAST_MESSAGE = "a message just before the end"

_CHUNK_MIB = 32
# The memory that a session takes, as a fraction of --session-memory. It is above 1, so that the server ends the
# session. It is far below RESERVED_PER_RESIDENT, so that the process gets no MemoryError before the server measures
# memory.
_TAKEN = 1.25
# The memory that each of six child processes takes, as a fraction of --session-memory. Together they take more than
# --session-memory.
_TAKEN_BY_EACH_CHILD = 0.375
_HOLD_SECONDS = 20.0
# A program that allocates N times 32 MiB; N is its argument.
MEMORY_PROGRAM = (
    "import sys, time; held = [bytearray(b'x') * (32 << 20) for _ in range(int(sys.argv[1]))]; time.sleep(20)"
)


def _chunks(fraction: float) -> int:
    """Returns how many chunks of 32 MiB this fraction of --session-memory has; 0 in a process without a limit.

    In a session's process, the server sets the limit RLIMIT_DATA to RESERVED_PER_RESIDENT times --session-memory.
    """
    reservable, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if reservable == resource.RLIM_INFINITY:
        return 0
    return math.ceil(fraction * (reservable >> 20) / RESERVED_PER_RESIDENT / _CHUNK_MIB)


def _print_and_exit() -> None:
    print(LAST_MESSAGE, file=sys.stderr, flush=True)
    os._exit(3)


def _stop() -> None:
    # With os.kill, another thread could get the signal, and this thread would run on until the process stops.
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def _read_nowhere() -> None:
    ctypes.string_at(0)


def _loop() -> None:
    while True:
        pass


def _wait_in_c() -> None:
    # PyDLL keeps the interpreter lock, so that no other thread of the process can run Python code.
    while True:
        ctypes.PyDLL(None).sleep(3600)


def _use_memory() -> None:
    held = [bytearray(b"x") * (_CHUNK_MIB << 20) for _ in range(_chunks(_TAKEN))]
    time.sleep(_HOLD_SECONDS)
    del held


def _use_memory_in_background() -> None:
    threading.Thread(target=_use_memory, daemon=True).start()


def _use_memory_in_child() -> None:
    subprocess.run([sys.executable, "-c", MEMORY_PROGRAM, str(_chunks(_TAKEN))], check=False, start_new_session=True)


def _use_memory_in_children() -> None:
    command = [sys.executable, "-c", MEMORY_PROGRAM, str(_chunks(_TAKEN_BY_EACH_CHILD))]
    children = [subprocess.Popen(command) for _ in range(6)]
    for child in children:
        child.wait()


def _reserve_memory() -> None:
    """Reserves more memory than the process can have, without using it."""
    reservable, _ = resource.getrlimit(resource.RLIMIT_DATA)
    mmap.mmap(-1, reservable + 1, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def _raise(error: Exception) -> None:
    raise error


def _print_a_megabyte() -> None:
    for _ in range(1024):
        print("x" * 511)
        print("y" * 511, file=sys.stderr)
    os.write(1, b"z" * 100_000)
    os.write(2, b"z" * 100_000)


def _close_descriptors() -> None:
    os.closerange(3, 4096)


def _write_to_descriptors() -> None:
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            # Some descriptors cannot be written to.
            with contextlib.suppress(OSError):
                os.write(int(name), b"\xff" * 4096)


def _fork() -> None:
    os.fork()


FAULTS: dict[str, Callable[[], object]] = {
    "exit_0": lambda: os._exit(0),
    "exit_3": lambda: os._exit(3),
    "sys_exit": lambda: sys.exit("enough"),
    "abort": os.abort,
    "segv": _read_nowhere,
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "print_and_exit": _print_and_exit,
    "loop": _loop,
    "wait_in_c": _wait_in_c,
    "stop": _stop,
    "use_memory": _use_memory,
    "use_memory_in_background": _use_memory_in_background,
    "use_memory_in_child": _use_memory_in_child,
    "use_memory_in_children": _use_memory_in_children,
    "reserve_memory": _reserve_memory,
    "raise_memory_error": lambda: _raise(MemoryError()),
    "raise_as_mujoco": lambda: _raise(ValueError("Error: engine error: Could not allocate memory")),
    "raise_as_cpp": lambda: _raise(RuntimeError("std::bad_alloc")),
    "print": _print_a_megabyte,
    "close_descriptors": _close_descriptors,
    "write_to_descriptors": _write_to_descriptors,
    "fork": _fork,
    "none": lambda: None,
}


class IllList(list[int]):
    """A list that runs its fault when the encoder iterates over the list."""

    fault = "none"

    def __iter__(self) -> Iterator[int]:
        FAULTS[self.fault]()
        return super().__iter__()


class Ill(WellBehaved):
    """Runs a `fault` of FAULTS at a `place`: constructor, reset, step, info (of a step), render or close."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(self, fault: str, place: str, render_mode: str | None = None) -> None:
        super().__init__()
        self.render_mode = render_mode
        self._fault = fault
        self._place = place
        self._at("constructor")

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> _Reset:
        self._at("reset")
        observation, _ = super().reset(seed=seed, options=options)
        return observation, {"pid": os.getpid()}

    def step(self, action: Any) -> _Step:
        self._at("step")
        observation, reward, terminated, truncated, info = super().step(action)
        if self._place == "info":
            info["list"] = IllList([1, 2])
            info["list"].fault = self._fault
        return observation, reward, terminated, truncated, info

    def render(self) -> Any:
        """Returns a black picture."""
        self._at("render")
        return np.zeros((2, 3, 3), np.uint8)

    def close(self) -> None:
        self._at("close")

    def _at(self, place: str) -> None:
        if place == self._place:
            FAULTS[self._fault]()


class IllGenerator(np.random.Generator):
    """A generator that runs its fault when its state is read."""

    fault = "none"

    @property
    def bit_generator(self) -> Any:
        """The source of its random bits."""
        FAULTS[self.fault]()
        return super().bit_generator


def make_ill_in_snapshot(fault: str, render_mode: str | None = None) -> CartPoleEnv:
    """Makes a CartPole that runs a fault when a snapshot is taken. Its class is CartPoleEnv, because the server can
    save the state of this class. Reset the environment without a seed, because a seed would replace its generator."""
    env = CartPoleEnv(render_mode=render_mode)
    generator = IllGenerator(np.random.PCG64(0))
    generator.fault = fault
    env._np_random = generator
    return env


class MainThread(WellBehaved):
    """Checks that all its calls run on the main thread of its process."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__()
        self.render_mode = render_mode
        self._check()
        self._loop = asyncio.get_event_loop() if sys.version_info < (3, 14) else asyncio.new_event_loop()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        # The database refuses calls on other threads.
        self._steps_of_all = sqlite3.connect(":memory:")
        self._steps_of_all.execute("CREATE TABLE steps (action INTEGER)")

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> _Reset:
        self._check()
        return super().reset(seed=seed, options=options)

    def step(self, action: Any) -> _Step:
        self._check()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._steps_of_all.execute("INSERT INTO steps VALUES (?)", (int(action),))
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, terminated, truncated, {**info, "count": self.count()}

    def count(self) -> int:
        """Returns how many steps the database contains."""
        self._check()
        return int(self._steps_of_all.execute("SELECT COUNT(*) FROM steps").fetchone()[0])

    def render(self) -> Any:
        """Returns a picture whose brightness is the number of steps."""
        return np.full((2, 3, 3), self.count(), np.uint8)

    def close(self) -> None:
        self._check()
        self._steps_of_all.close()
        self._loop.close()

    def _check(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"this is the thread {threading.current_thread().name}, not the main one")


class Dice(WellBehaved):
    """Draws from the global random generators of the process."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> _Reset:
        observation, _ = super().reset(seed=seed, options=options)
        return observation, {"numpy": float(np.random.random()), "python": random.random()}


class Writer(WellBehaved):
    """Writes files and a folder into the current folder."""

    def __init__(self) -> None:
        super().__init__()
        Path("made.txt").write_text("made", encoding="utf-8")
        Path("deep/folder").mkdir(parents=True, exist_ok=True)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> _Reset:
        observation, _ = super().reset(seed=seed, options=options)
        Path("deep/folder/reset.txt").write_text("reset", encoding="utf-8")
        return observation, {"folder": os.getcwd()}


class Parent(WellBehaved):
    """Starts processes that continue after the environment's end if nobody ends them.

    `kinds` are names in COMMANDS, or "orphan".
    """

    COMMANDS: dict[str, tuple[str, ...]] = {  # noqa: RUF012
        "child": ("sleep", "1000"),
        "leader": ("sleep", "1000"),
        "ignores_signals": ("sh", "-c", "trap '' TERM INT HUP; while :; do sleep 1000; done"),
    }

    def __init__(self, kinds: list[str]) -> None:
        super().__init__()
        self._pids = [self._start(kind) for kind in kinds]

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> _Reset:
        observation, _ = super().reset(seed=seed, options=options)
        return observation, {"pids": [os.getpid(), *self._pids]}

    def _start(self, kind: str) -> int:
        if kind == "orphan":
            # The parent of the new process ends immediately. So the server finds the new process only because the
            # server's processes adopt orphans.
            script = "setsid sleep 1000 > /dev/null 2>&1 & echo $!"
            return int(subprocess.run(["sh", "-c", script], check=True, capture_output=True).stdout)
        # These processes keep standard error open. This must not block the reader of standard error.
        return subprocess.Popen(self.COMMANDS[kind], start_new_session=kind == "leader").pid


for _kind in (Ill, MainThread, Dice, Writer, Parent):
    gymnasium.register(f"Isolated/{_kind.__name__}-v0", f"{__name__}:{_kind.__name__}")
gymnasium.register("Isolated/IllInSnapshot-v0", f"{__name__}:make_ill_in_snapshot")
