# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A client process of soak.py with rude sessions: they crash, hang or use up memory, for example. The client checks
their errors."""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import grpc
import numpy as np
from server_process import CALL_SECONDS, make_request, open_channel

from gymwire.codec import encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

_CRASHES = ("exit_0", "exit_3", "sys_exit", "abort", "segv", "kill", "print_and_exit")
_HANGS = ("loop", "wait_in_c", "stop")
_USE_UP_MEMORY = ("use_memory", "use_memory_in_child", "use_memory_in_children")
# A session with one of these faults may end without an error.
_OTHERS = ("print", "close_descriptors", "write_to_descriptors", "fork", "use_memory_in_background", "abandon")
FAULTS = (*_CRASHES, *_HANGS, *_USE_UP_MEMORY, *_OTHERS)
_PLACES = ("constructor", "reset", "step", "info", "render", "snapshot", "close")

# The lease of a session that its client abandons.
_LEASE_SECONDS = 5.0

_OK = "OK"


class Outcome(NamedTuple):
    """How a rude session ended."""

    fault: str
    code: str
    problem: str = ""


class Rude(NamedTuple):
    """The settings of the rude sessions."""

    faults: Sequence[str]
    threads: int
    """The number of sessions that run at the same time."""
    longest_seconds: float
    """A session that takes longer counts as a problem."""


def misbehave(connection: "Connection[Any, Any]", address: str, seed: int, rude: Rude, until: float) -> None:
    """Runs rude sessions on several threads: first each fault once, then random faults until time.time() is `until`.

    Sends an Outcome for each session.
    """
    sending = threading.Lock()

    def work(i: int) -> None:
        rng = np.random.default_rng([seed, i])
        channel = open_channel(address)
        for fault in _choose(rude, i, rng, until):
            outcome = _try(channel, fault, str(rng.choice(_PLACES)), rng, rude.longest_seconds)
            with sending:
                connection.send(outcome)
        channel.close()

    workers = [threading.Thread(target=work, args=(i,)) for i in range(rude.threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    connection.close()


def _choose(rude: Rude, thread: int, rng: np.random.Generator, until: float) -> Iterator[str]:
    """Yields the faults of one thread: first its share of all faults, then random faults."""
    yield from rude.faults[thread :: rude.threads]
    while time.time() < until:
        yield str(rng.choice(rude.faults))


def _try(channel: grpc.Channel, fault: str, place: str, rng: np.random.Generator, longest_seconds: float) -> Outcome:
    what = f"{fault} in {place}"
    began = time.monotonic()
    try:
        _run_session(pb_grpc.EnvironmentServiceStub(channel), fault, place, rng)
        code, said = _OK, ""
    except grpc.RpcError as error:
        code, said = error.code().name, error.details() or ""
    took = time.monotonic() - began
    if not _is_right(fault, place, code, said):
        return Outcome(fault, code, f"{what} ended with {code}: {said}")
    if took > longest_seconds:
        return Outcome(fault, code, f"{what} was answered after {took:.1f} s: {code}: {said}")
    return Outcome(fault, code)


def _run_session(stub: pb_grpc.EnvironmentServiceStub, fault: str, place: str, rng: np.random.Generator) -> None:
    """Makes, uses and closes a session. If a request between Make and Close fails, Close is sent immediately. Without
    such a failure, an abandoned session is not closed."""
    kwargs = {"fault": "none" if fault == "abandon" else fault}
    env_id = "Isolated/IllInSnapshot-v0" if place == "snapshot" else "Isolated/Ill-v0"
    if place != "snapshot":
        kwargs["place"] = place
    # With VECTORIZATION_ASYNC some faults in `close` give no error, for example if the environment's process exits with
    # code 0, or if it hangs and is killed.
    in_processes = place != "close" and rng.random() < 0.2
    vectorization = pb.VECTORIZATION_ASYNC if in_processes else pb.VECTORIZATION_SYNC
    mode = "rgb_array" if place == "render" else None
    lease = _LEASE_SECONDS if fault == "abandon" else None
    request = make_request(env_id, kwargs, render_mode=mode, lease_seconds=lease, vectorization=vectorization)
    session_id = stub.Make(request, timeout=CALL_SECONDS).session_id
    try:
        _use(stub, session_id, fault, place, int(rng.integers(1, 20)))
    except grpc.RpcError:
        # After a refused snapshot the session is still open.
        with contextlib.suppress(grpc.RpcError):
            stub.Close(pb.CloseRequest(session_id=session_id), timeout=CALL_SECONDS)
        raise
    if fault != "abandon":
        stub.Close(pb.CloseRequest(session_id=session_id), timeout=CALL_SECONDS)


def _use(stub: pb_grpc.EnvironmentServiceStub, session_id: str, fault: str, place: str, steps: int) -> None:
    """Resets and steps a session. Then requests a snapshot or a picture if `place` is snapshot or render. For an
    abandoned session, no snapshot is requested: the server refuses to save the random generator of the session's
    environment, and `_is_right` would count this refusal as an error."""
    stub.Reset(pb.ResetRequest(session_id=session_id), timeout=CALL_SECONDS)
    step = pb.StepRequest(session_id=session_id, actions=encode_value(np.zeros(1, dtype=np.int64)))
    for _ in range(steps):
        stub.Step(step, timeout=CALL_SECONDS)
    if place == "snapshot" and fault != "abandon":
        stub.Snapshot(pb.SnapshotRequest(session_id=session_id), timeout=CALL_SECONDS)
    elif place == "render":
        stub.Render(pb.RenderRequest(session_id=session_id), timeout=CALL_SECONDS)


def _is_right(fault: str, place: str, code: str, said: str) -> bool:
    """Returns whether a session with this fault ended as it must."""
    if fault in _CRASHES:
        return code == "UNKNOWN"
    if fault in _HANGS:
        return code == "RESOURCE_EXHAUSTED" and "--request-seconds" in said
    if fault in _USE_UP_MEMORY:
        return code == "RESOURCE_EXHAUSTED" and "--session-memory" in said
    if fault == "abandon":
        # On a busy machine the session's lease may run out between two requests.
        return code in (_OK, "NOT_FOUND")
    if fault == "print":
        # The server refuses to save a random generator whose class it does not know. For the place snapshot, the
        # session's environment has such a generator.
        return code == _OK or (place == "snapshot" and code == "UNIMPLEMENTED")
    return code in (_OK, "UNKNOWN", "RESOURCE_EXHAUSTED", "NOT_FOUND", "UNIMPLEMENTED")
