# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The part of a client that makes random requests, valid and invalid, and checks the answers."""

import random
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.message import DecodeError, Message
from gymnasium.spaces import Space
from mutation import mutated_bytes, mutated_message, random_message

from gymwire.codec import decode_space, encode_dict, encode_sample, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

Code = grpc.StatusCode

ENV_IDS = (
    *("CartPole-v1", "CartPole-v1", "FrozenLake-v1", "Pendulum-v1", "Odd/Record-v0", "Odd/Mixture-v0", "Odd/Net-v0"),
    *("Odd/Either-v0", "Odd/StackedRow-v0", "Odd/Bytes-v0", "Faulty/RaisesInStep-v0", "Faulty/RaisesInReset-v0"),
    *("Faulty/RaisesInClose-v0", "Faulty/WrongShape-v0", "Faulty/NanReward-v0", "Faulty/StrangeInfo-v0"),
)
KINDS = {
    "make": (pb.MakeRequest, pb.MakeResponse),
    "reset": (pb.ResetRequest, pb.ResetResponse),
    "step": (pb.StepRequest, pb.StepResponse),
    "render": (pb.RenderRequest, pb.RenderResponse),
    "snapshot": (pb.SnapshotRequest, pb.SnapshotResponse),
    "restore": (pb.RestoreRequest, pb.RestoreResponse),
    "call": (pb.CallRequest, pb.CallResponse),
    "close": (pb.CloseRequest, pb.CloseResponse),
}
_MODES = (
    pb.AUTORESET_MODE_UNSPECIFIED,
    pb.AUTORESET_MODE_NEXT_STEP,
    pb.AUTORESET_MODE_SAME_STEP,
    pb.AUTORESET_MODE_DISABLED,
)
WEIGHTS = (6, 14, 40, 5, 5, 6, 8, 5)
MAX_SESSIONS = 8
_NAMES = ("level", "scale", "broken", "untold", "spec", "np_random", "state", "desc", "nope", "_key", "", "render")

# The status code OK, and the codes in the table of errors in proto/README.md. Three codes of that table are left out:
# INTERNAL would show a defect of the server. UNAUTHENTICATED and UNAVAILABLE are for clients without the credentials
# that a server asks for.
TABLE = frozenset(
    {
        *(Code.OK, Code.INVALID_ARGUMENT, Code.FAILED_PRECONDITION, Code.UNIMPLEMENTED, Code.NOT_FOUND),
        *(Code.PERMISSION_DENIED, Code.RESOURCE_EXHAUSTED, Code.UNKNOWN),
    }
)


@dataclass
class Known:
    """A session that the client has opened."""

    made: pb.MakeResponse
    actions: Space[Any]
    faultless: bool  # the environment has no faults, and no mutated request can have caused a fault
    running: bool = False
    snapshots: list[value_pb2.Value] = field(default_factory=list)


@dataclass
class Request:
    """A request as bytes, with the status codes that its answer may have."""

    kind: str
    data: bytes
    allowed: frozenset[Code]
    session: Known | None
    mutated: bool


class Player:
    """Makes valid and invalid requests, and checks the answers."""

    def __init__(self, seed: str) -> None:
        self.rng = random.Random(seed)
        self.sessions: dict[str, Known] = {}
        self.ended: list[str] = []

    def request(self) -> Request:
        """Returns the next request."""
        rng = self.rng
        kind = rng.choices(tuple(KINDS), WEIGHTS)[0]
        if kind == "make" and len(self.sessions) >= MAX_SESSIONS:
            kind = "close"
        session_id, session = self._pick(kind)
        message = self._valid(kind, session_id, session)
        draw = rng.random()
        if draw < 0.6:
            allowed = self._expected(kind, session)
            return Request(kind, message.SerializeToString(), allowed, session, mutated=False)
        if draw < 0.85:
            message = mutated_message(rng, message)
        elif draw < 0.92:
            message = random_message(rng, type(message))
        else:
            data = rng.randbytes(rng.randrange(60))
            if draw < 0.96:
                data = mutated_bytes(rng, message.SerializeToString())
            try:
                message = type(message).FromString(data)
            except DecodeError:
                return Request(kind, data, frozenset({Code.INVALID_ARGUMENT}), None, mutated=True)
        if kind == "make":
            self._limit(message)
            return Request(kind, message.SerializeToString(), TABLE, None, mutated=True)
        known = self.sessions.get(message.session_id)
        allowed = TABLE if known is not None else frozenset({Code.OK if kind == "close" else Code.NOT_FOUND})
        if known is not None:
            known.faultless = known.faultless and kind in ("render", "snapshot", "step")
        return Request(kind, message.SerializeToString(), allowed, known, mutated=True)

    def judge(self, request: Request, code: Code, response: Any, detail: pb.ErrorDetail | None) -> None:
        """Checks an answer, and records how the answered request changed the sessions."""
        description = f"{request} was answered by {code}: {detail}"
        assert code in request.allowed, description
        session = request.session
        if code is not Code.OK:
            assert detail is not None, description
            assert detail.code == code.value[0], description
            assert detail.message, description
            assert (code is not Code.UNKNOWN) or detail.exception_class or detail.message.startswith("environment"), (
                description
            )
            if session is not None and code in (Code.INVALID_ARGUMENT, Code.FAILED_PRECONDITION, Code.NOT_FOUND):
                assert detail.session_alive, description
            if session is not None and not detail.session_alive:
                self._forget(session)
            return
        if request.kind == "make":
            session = Known(response, decode_space(response.action_space), faultless=not request.mutated)
            session.faultless = session.faultless and not response.spec.env_id.startswith("Faulty/")
            session.actions.seed(self.rng.randrange(1000))
            self.sessions[response.session_id] = session
        elif session is not None:
            session.running = session.running or request.kind in ("reset", "restore")
            if request.kind == "snapshot" and session.faultless:
                session.snapshots = list(response.snapshots)
            elif request.kind == "close":
                self._forget(session)
            elif request.kind in ("reset", "step"):
                assert response.step_number > 0, description

    def _forget(self, session: Known) -> None:
        del self.sessions[session.made.session_id]
        self.ended = [*self.ended[-20:], session.made.session_id]

    def _pick(self, kind: str) -> tuple[str, Known | None]:
        if kind == "make":
            return "", None
        if self.sessions and self.rng.random() < 0.95:
            session_id = self.rng.choice(list(self.sessions))
            return session_id, self.sessions[session_id]
        return self.rng.choice([*self.ended, "", "0123456789abcdef"]), None

    def _valid(self, kind: str, session_id: str, session: Known | None) -> Any:
        rng = self.rng
        if kind == "make":
            env_id = rng.choice(ENV_IDS)
            return pb.MakeRequest(
                env_id=env_id,
                num_envs=rng.randint(1, 3),
                autoreset_mode=rng.choice(_MODES),
                vectorization=pb.VECTORIZATION_ASYNC if rng.random() < 0.02 else pb.VECTORIZATION_SYNC,
                max_episode_steps=rng.choice((None, 3, -1)),
                render_mode="ansi" if env_id == "FrozenLake-v1" and rng.random() < 0.5 else None,
                env_outputs=rng.random() < 0.3,
                infos=rng.choice((None, pb.InfoSelection(none=pb.NoInfos()))),
            )
        if kind == "reset":
            options = encode_dict({}) if rng.random() < 0.2 else None
            return pb.ResetRequest(session_id=session_id, seed=rng.choice((None, 0, 5)), options=options)
        if kind == "step":
            none = value_pb2.Value(none=value_pb2.NoneValue())
            actions = none if session is None else encode_sample(session.actions, session.actions.sample())
            return pb.StepRequest(session_id=session_id, actions=actions)
        if kind == "restore":
            others = [known.snapshots for known in self.sessions.values() if known.snapshots]
            own = [] if session is None else session.snapshots
            return pb.RestoreRequest(session_id=session_id, snapshots=own or (rng.choice(others) if others else []))
        if kind == "call":
            request = pb.CallRequest(session_id=session_id, name=rng.choice(_NAMES))
            if rng.random() < 0.5:
                request.get.SetInParent()
            else:
                request.call.args.append(encode_value(rng.choice((2, 2.5, "x", None, 10**5000))))
            return request
        return KINDS[kind][0](session_id=session_id)

    def _expected(self, kind: str, session: Known | None) -> frozenset[Code]:
        if kind == "make":
            return frozenset({Code.OK})
        if session is None:
            return frozenset({Code.OK if kind == "close" else Code.NOT_FOUND})
        if kind == "call" or not session.faultless:
            return TABLE - {Code.NOT_FOUND}
        disabled = session.made.autoreset_mode == pb.AUTORESET_MODE_DISABLED
        if kind in ("close", "reset"):
            return frozenset({Code.OK})
        if kind == "step":
            early = not session.running
            return frozenset(
                {Code.FAILED_PRECONDITION} if early else {Code.OK} | ({Code.FAILED_PRECONDITION} if disabled else set())
            )
        if kind == "render":
            draws = session.running and session.made.render_mode
            return frozenset({Code.OK if draws else Code.FAILED_PRECONDITION})
        if kind == "snapshot":
            if not session.running:
                return frozenset({Code.FAILED_PRECONDITION})
            odd = session.made.spec.env_id.startswith("Odd/")
            return frozenset({Code.UNIMPLEMENTED if odd else Code.OK})
        if session.snapshots:
            return frozenset({Code.OK})
        return frozenset({Code.INVALID_ARGUMENT, Code.FAILED_PRECONDITION, Code.UNIMPLEMENTED, Code.OK})

    def _limit(self, request: pb.MakeRequest) -> None:
        """Replaces VECTORIZATION_ASYNC by VECTORIZATION_SYNC in most requests, so that all environments of a session
        run in one process. A process for each environment would make the test slow, and would not test more. Also
        removes a valid lease, so that no session ends because its lease is over."""
        if request.vectorization == pb.VECTORIZATION_ASYNC and self.rng.random() < 0.8:
            request.vectorization = pb.VECTORIZATION_SYNC
        if request.lease_seconds >= 1:
            request.ClearField("lease_seconds")


def method(kind: str) -> tuple[str, type[Message]]:
    """Returns the path of a unary call and the type of its response."""
    return f"/gymwire.v1.EnvironmentService/{kind.capitalize()}", KINDS[kind][1]
