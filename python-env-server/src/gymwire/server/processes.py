# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Steps environments at the same time, each in its own process."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Callable, Iterable, Sequence
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any

import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from gymwire.server.env_host import ResponseFields, StepResult
from gymwire.server.env_process import serve_environment
from gymwire.server.errors import EnvironmentFailedError, InvalidRequestError, QuotaError
from gymwire.server.failures import checked_open_files, describe
from gymwire.server.hosting import CLOSE_SECONDS
from gymwire.server.interpreters import without_working_directory
from gymwire.server.recipe import Description, EnvRecipe
from gymwire.server.worker import Worker

# The environments of a session get this many seconds to close. Processes that still run then are killed. The time is
# shorter than CLOSE_SECONDS: with --isolation process, this code runs in the process of the session, which the server
# may kill after CLOSE_SECONDS.
_CLOSE_SECONDS = 0.9 * CLOSE_SECONDS


class ProcessWorker(Worker):
    """Steps environments that each run in their own process. The processes are forked from a process that runs
    Python on one thread, because a fork is unsafe in a process in which gRPC's threads run. On a system without such
    forks (Windows), they are spawned. The new processes inherit no socket of the server, and they end when the server
    ends."""

    def __init__(self, recipe: EnvRecipe, n: int, mode: AutoresetMode, fields: ResponseFields) -> None:
        self._processes: list[BaseProcess] = []
        self._connections: list[Connection[Any, Any]] = []
        try:
            for i in range(n):
                self._start(recipe, i, fields, mode is AutoresetMode.SAME_STEP)
            descriptions: list[Description] = [self._receive(i) for i in range(n)]
            super().__init__(descriptions, mode, fields)
        except BaseException:
            with contextlib.suppress(RuntimeError):
                self.close()
            raise

    def each(self, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]] | None = None) -> list[Any]:
        """See Worker."""
        given = arguments or [()] * len(self._connections)
        return self._ask((i, "apply", (function, *each)) for i, each in enumerate(given))

    def close(self) -> None:
        """Ends every process. Raises RuntimeError if a process ended with an error, unless this method killed it."""
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.send(None)
                connection.close()
        deadline = time.monotonic() + _CLOSE_SECONDS
        for process in self._processes:
            process.join(max(0.0, deadline - time.monotonic()))
        failed = [i for i, process in enumerate(self._processes) if process.exitcode not in (None, 0)]
        for process in self._processes:
            if process.is_alive():
                process.kill()
        for process in self._processes:
            process.join()
            process.close()
        self._processes, self._connections = [], []
        if failed:
            raise RuntimeError(f"the processes of the environments {failed} ended with an error; see the server's log")

    def _reset_results(
        self, indices: Sequence[int], seeds: Sequence[int | None], options: dict[str, Any] | None
    ) -> Sequence[StepResult]:
        return self._ask((i, "reset", (seeds[i], options)) for i in indices)

    def _step_results(
        self, actions: Sequence[Any] | npt.NDArray[Any], resets: list[bool] | None
    ) -> Sequence[StepResult]:
        if resets is None:
            return self._ask((i, "step", (action,)) for i, action in enumerate(actions))
        return self._ask(
            (i, "reset", (None, None)) if reset else (i, "step", (action,))
            for i, (action, reset) in enumerate(zip(actions, resets, strict=True))
        )

    def _start(self, recipe: EnvRecipe, i: int, fields: ResponseFields, same_step: bool) -> None:
        with checked_open_files():
            context = _context()
            ours, theirs = context.Pipe()
        process = context.Process(
            target=serve_environment, args=(theirs, recipe, i, fields, same_step), name=f"gymwire-env-{i}", daemon=True
        )
        try:
            with checked_open_files(), without_working_directory():
                process.start()
        except Exception as error:
            ours.close()
            if isinstance(error, QuotaError):
                raise
            raise InvalidRequestError(
                f"{recipe.spec.id} cannot run in its own process: {error}; use VECTORIZATION_SYNC"
            ) from error
        finally:
            theirs.close()
        self._processes.append(process)
        self._connections.append(ours)

    def _ask(self, requests: Iterable[tuple[int, str, tuple[Any, ...]]]) -> list[Any]:
        """Sends all requests (index, method of EnvHost, arguments), then waits for all answers."""
        asked = []
        for i, method, arguments in requests:
            try:
                self._connections[i].send((method, arguments))
            except OSError as error:
                raise self._end_error(i) from error
            asked.append(i)
        # Every answer is read, so that after a failure the next request does not read an old answer.
        answers = [self._take(i) for i in asked]
        for _, failure in answers:
            if failure is not None:
                raise failure
        return [answer for answer, _ in answers]

    def _receive(self, i: int) -> Any:
        answer, failure = self._take(i)
        if failure is not None:
            raise failure
        return answer

    def _take(self, i: int) -> tuple[Any, Exception | None]:
        try:
            data = self._connections[i].recv_bytes()
        except (OSError, EOFError, OverflowError):
            return None, self._end_error(i)
        try:
            return ForkingPickler.loads(data)
        except Exception as error:
            # This happens if an environment itself wrote bytes to the connection, or if the answer contains an object
            # that this process cannot unpickle. In both cases, `loads` can raise any exception.
            message = f"the process of environment {i} sent an answer that cannot be read: {describe(error)}"
            return None, EnvironmentFailedError(message, i)

    def _end_error(self, i: int) -> EnvironmentFailedError:
        process = self._processes[i]
        process.join(1.0)
        state = "it still runs" if process.exitcode is None else f"exit code {process.exitcode}"
        return EnvironmentFailedError(
            f"the process of environment {i} was killed, crashed or broke its connection ({state}); open a new session",
            i,
        )


def _context() -> multiprocessing.context.ForkServerContext | multiprocessing.context.SpawnContext:
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["gymwire.server.env_process"])
        with without_working_directory():
            forkserver.ensure_running()
        return context
    return multiprocessing.get_context("spawn")
