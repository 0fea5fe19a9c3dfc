# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A client process of soak.py with sessions that crash, hang and use up memory. It checks the errors that it gets."""

import threading
import time
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import grpc
import numpy as np
from server_process import CALL_SECONDS, make_request, open_channel

from gymwire.codec import encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

_CRASHES = ("exit_0", "exit_3", "sys_exit", "abort", "segv", "kill", "last_words")
_HANGS = ("loop", "wait_in_c", "stop")
_USE_UP_MEMORY = ("eat", "eat_in_child", "eat_in_children")
# These may end their session, or not.
_OTHERS = ("print", "close_descriptors", "scribble", "fork", "eat_in_background", "abandon")
_FAULTS = (*_CRASHES, *_HANGS, *_USE_UP_MEMORY, *_OTHERS)
_PLACES = ("constructor", "reset", "step", "info", "render", "snapshot", "close")

# The lease of a session that its client abandons.
_LEASE_SECONDS = 5.0
# The server ends a hang as soon as its time limit has passed; a busy machine may delay the answer by this.
_PATIENCE_SECONDS = 15.0

_OK = "OK"


class Outcome(NamedTuple):
    """How a rude session ended."""

    fault: str
    code: str
    problem: str = ""


def misbehave(
    connection: "Connection[Any, Any]", address: str, seed: int, threads: int, request_seconds: float, until: float
) -> None:
    """Runs rude sessions on several threads until the time `until` (of time.time()); sends Outcomes."""
    sending = threading.Lock()

    def work(i: int) -> None:
        rng = np.random.default_rng([seed, i])
        channel = open_channel(address)
        while time.time() < until:
            fault, place = str(rng.choice(_FAULTS)), str(rng.choice(_PLACES))
            outcome = _try(channel, fault, place, rng, request_seconds)
            with sending:
                connection.send(outcome)
        channel.close()

    workers = [threading.Thread(target=work, args=(i,)) for i in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    connection.close()


def _try(channel: grpc.Channel, fault: str, place: str, rng: np.random.Generator, request_seconds: float) -> Outcome:
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
    if took > request_seconds + _PATIENCE_SECONDS:
        return Outcome(fault, code, f"{what} was answered after {took:.1f} s: {code}: {said}")
    return Outcome(fault, code)


def _run_session(stub: pb_grpc.EnvironmentServiceStub, fault: str, place: str, rng: np.random.Generator) -> None:
    """Makes a session, and sends requests up to the place of its fault."""
    kwargs = {"fault": "none" if fault == "abandon" else fault}
    env_id = "Isolated/IllInSnapshot-v0" if place == "snapshot" else "Isolated/Ill-v0"
    if place != "snapshot":
        kwargs["place"] = place
    # Environments with their own processes have some seconds to close; then they are killed without an error.
    in_processes = place != "close" and rng.random() < 0.2
    vectorization = pb.VECTORIZATION_ASYNC if in_processes else pb.VECTORIZATION_SYNC
    mode = "rgb_array" if place == "render" else None
    request = make_request(env_id, kwargs, render_mode=mode, lease_seconds=_LEASE_SECONDS, vectorization=vectorization)
    session_id = stub.Make(request, timeout=CALL_SECONDS).session_id
    stub.Reset(pb.ResetRequest(session_id=session_id), timeout=CALL_SECONDS)
    step = pb.StepRequest(session_id=session_id, actions=encode_value(np.zeros(1, dtype=np.int64)))
    for _ in range(int(rng.integers(1, 20))):
        stub.Step(step, timeout=CALL_SECONDS)
    if place == "snapshot" and fault != "abandon":
        stub.Snapshot(pb.SnapshotRequest(session_id=session_id), timeout=CALL_SECONDS)
    elif place == "render":
        stub.Render(pb.RenderRequest(session_id=session_id), timeout=CALL_SECONDS)
    if fault != "abandon":
        stub.Close(pb.CloseRequest(session_id=session_id), timeout=CALL_SECONDS)


def _is_right(fault: str, place: str, code: str, said: str) -> bool:
    """Returns whether a fault ended as it must."""
    if fault in _CRASHES:
        return code == "UNKNOWN"
    if fault in _HANGS:
        return code == "RESOURCE_EXHAUSTED" and "--request-seconds" in said
    if fault in _USE_UP_MEMORY:
        return code == "RESOURCE_EXHAUSTED" and "--session-memory" in said
    if fault in ("print", "abandon"):
        # An environment with an unknown random generator cannot have a snapshot.
        return code == _OK or (place == "snapshot" and code == "UNIMPLEMENTED")
    return code in (_OK, "UNKNOWN", "RESOURCE_EXHAUSTED", "NOT_FOUND", "UNIMPLEMENTED")
