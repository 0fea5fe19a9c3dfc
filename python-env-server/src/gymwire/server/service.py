# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The handlers of ``EnvironmentService``."""

import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from grpc import ServicerContext, StatusCode

import gymwire
from gymwire.server import errors
from gymwire.server.failures import describe_failure, ends_session, first_line
from gymwire.server.fingerprint import fingerprint, program_sha256
from gymwire.server.hosting import Host, HostedSession
from gymwire.server.limits import Limits
from gymwire.server.open_session import OpenSession
from gymwire.server.parsing import check_parsed, parse_checked
from gymwire.server.security import Rules
from gymwire.server.session_log import SessionOrigin
from gymwire.server.session_table import SessionTable
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

PROTOCOL_VERSION = (1, 0)

# The requests that an open session answers, by their names in InteractRequest and InteractResponse.
_ON_SESSION = frozenset({"step", "reset", "render", "snapshot", "restore", "call"})

_parse_request: Callable[[bytes], pb.InteractRequest] = functools.partial(parse_checked, pb.InteractRequest.FromString)


class Interaction(NamedTuple):
    """One Interact stream. It does not depend on the library that transports the bytes."""

    answer: Callable[[bytes], bytes]
    """Returns the response to one request, both as bytes. It is called for one request at a time, in the order of the
    requests. It raises ServerEndsError if the stream must end without this response."""
    end: Callable[[], None]
    """Ends the stream. It does not count as open any more, and the lease of each of its sessions runs again, unless
    another open stream uses the session. This function is called once."""


class EnvironmentService(pb_grpc.EnvironmentServiceServicer):
    """Answers the calls of clients. Without --lean, each open stream occupies one thread of the server's pool."""

    def __init__(self, sessions: SessionTable, host: Host, limits: Limits, rules: Rules) -> None:
        self._sessions = sessions
        self._host = host
        self._limits = limits
        self._max_message_bytes = limits.max_message_bytes
        self._rules = rules
        self._free_streams = threading.BoundedSemaphore(limits.max_streams)

    def GetServerInfo(self, request: pb.GetServerInfoRequest, context: ServicerContext) -> pb.GetServerInfoResponse:
        """Describes the server."""
        return self._unary(self._server_info, request, context)

    def ListEnvironments(
        self, request: pb.ListEnvironmentsRequest, context: ServicerContext
    ) -> pb.ListEnvironmentsResponse:
        """Lists the environments that clients may make."""
        return self._unary(self._list_environments, request, context)

    def Make(self, request: pb.MakeRequest, context: ServicerContext) -> pb.MakeResponse:
        """Opens a session."""
        return self._unary(functools.partial(self._make, peer=context.peer()), request, context)

    def Reset(self, request: pb.ResetRequest, context: ServicerContext) -> pb.ResetResponse:
        """Starts new episodes."""
        return self._unary(functools.partial(self._on_session, "reset"), request, context)

    def Step(self, request: pb.StepRequest, context: ServicerContext) -> pb.StepResponse:
        """Steps a session's environments."""
        return self._unary(functools.partial(self._on_session, "step"), request, context)

    def Render(self, request: pb.RenderRequest, context: ServicerContext) -> pb.RenderResponse:
        """Renders a session's environments."""
        return self._unary(functools.partial(self._on_session, "render"), request, context)

    def Snapshot(self, request: pb.SnapshotRequest, context: ServicerContext) -> pb.SnapshotResponse:
        """Returns the environments' states."""
        return self._unary(functools.partial(self._on_session, "snapshot"), request, context)

    def Restore(self, request: pb.RestoreRequest, context: ServicerContext) -> pb.RestoreResponse:
        """Sets the environments' states."""
        return self._unary(functools.partial(self._on_session, "restore"), request, context)

    def Call(self, request: pb.CallRequest, context: ServicerContext) -> pb.CallResponse:
        """Reads or sets attributes, or calls methods."""
        return self._unary(functools.partial(self._on_session, "call"), request, context)

    def Close(self, request: pb.CloseRequest, context: ServicerContext) -> pb.CloseResponse:
        """Closes a session."""
        return self._unary(self._close, request, context)

    def Interact(self, request_iterator: Iterator[bytes], context: ServicerContext) -> Iterator[bytes]:
        """Answers a stream of requests, as bytes, in order. While the stream is open, the leases of its sessions do not
        run."""
        try:
            stream = self.open_stream(context.peer())
        except errors.QuotaError as error:
            context.abort(StatusCode.RESOURCE_EXHAUSTED, str(error))
        try:
            for request in request_iterator:
                yield stream.answer(request)
        except errors.ServerEndsError as error:
            context.abort(StatusCode.UNAVAILABLE, str(error))
        finally:
            stream.end()

    def open_stream(self, peer: str) -> Interaction:
        """Opens an Interact stream for the client at `peer`. Raises QuotaError if too many streams are open."""
        if not self._free_streams.acquire(blocking=False):
            raise errors.QuotaError(
                f"{self._limits.max_streams} streams are open, which is the maximum that the server allows; "
                "end one, or start the server with a higher --max-streams"
            )
        held: dict[str, OpenSession] = {}
        return Interaction(
            answer=functools.partial(self._answer, held, peer),
            end=functools.partial(self._end_stream, held),
        )

    def _end_stream(self, held: dict[str, OpenSession]) -> None:
        for session in held.values():
            session.release()
        self._free_streams.release()

    def _answer(self, held: dict[str, OpenSession], peer: str, data: bytes) -> bytes:
        session_id = ""
        try:
            request = _parse_request(data)
            kind = request.WhichOneof("request")
            if kind in _ON_SESSION:
                session_id = getattr(request, kind).session_id
                session = held.get(session_id) or self._hold(session_id, held)
                answer = session.answer_bytes(request, data)
                if len(answer) > self._max_message_bytes:  # this comparison is faster than a call of check_answer
                    self._limits.check_answer(kind, len(answer))
                return answer
            if kind == "make":
                made = self._make(request.make, peer)
                self._hold(made.session_id, held)
                response = pb.InteractResponse(make=made)
            elif kind == "close":
                session_id = request.close.session_id
                if session_id in held:
                    held.pop(session_id).release()
                response = pb.InteractResponse(close=self._close(request.close))
            else:
                raise errors.InvalidRequestError("an InteractRequest contains no request; set one of its fields")
        except Exception as error:
            detail = self._fail(error, session_id)
            if isinstance(error, errors.ServerEndsError):
                # An answer would say that the session failed. The end of the stream says that the server was lost.
                raise
            response = pb.InteractResponse(error=detail)
        return response.SerializeToString()

    def _server_info(self, _: pb.GetServerInfoRequest) -> pb.GetServerInfoResponse:
        major, minor = PROTOCOL_VERSION
        return pb.GetServerInfoResponse(
            protocol_version=pb.ProtocolVersion(major=major, minor=minor),
            server_version=gymwire.__version__,
            capabilities=_capabilities(self._rules),
            fingerprint=fingerprint(),
            program_sha256=program_sha256(),
        )

    def _list_environments(self, _: pb.ListEnvironmentsRequest) -> pb.ListEnvironmentsResponse:
        return self._host.list_environments()

    def _hold(self, session_id: str, held: dict[str, OpenSession]) -> OpenSession:
        session = self._sessions.get(session_id)
        session.hold()
        held[session_id] = session
        return session

    def _make(self, request: pb.MakeRequest, peer: str) -> pb.MakeResponse:
        made = pb.MakeResponse()

        def create(session_id: str) -> tuple[HostedSession, float]:
            hosted, response = self._host.make(session_id, request)
            made.CopyFrom(response)
            return hosted, response.lease_seconds

        in_processes = request.vectorization == pb.VECTORIZATION_ASYNC
        # A negative num_envs is refused later, when the session is made. Until then it counts as 0, so that the number
        # of all environments, which the quotas limit, is right.
        origin = SessionOrigin(peer, request.env_id, max(0, request.num_envs), in_processes)
        self._sessions.open(origin, create)
        return made

    def _on_session(self, kind: str, request: Any) -> bytes:
        """Returns the serialized response. It is serialized here, so that a response that is too large can still be
        replaced by an error."""
        session = self._sessions.get(request.session_id)
        response = getattr(session.answer(pb.InteractRequest(**{kind: request})), kind)
        answer: bytes = response.SerializeToString()
        self._limits.check_answer(kind, len(answer))
        return answer

    def _close(self, request: pb.CloseRequest) -> pb.CloseResponse:
        self._sessions.close(request.session_id, "its client closed it")
        return pb.CloseResponse()

    def _unary(self, handle: Callable[[Any], Any], request: Any, context: ServicerContext) -> Any:
        try:
            check_parsed(request)
            return handle(request)
        except Exception as error:
            detail = self._fail(error, getattr(request, "session_id", ""))
        context.set_trailing_metadata((("gymwire-error-bin", detail.SerializeToString()),))
        context.abort(_status_code(detail.code), detail.message)

    def _fail(self, error: Exception, session_id: str) -> pb.ErrorDetail:
        """Returns the description of an error for the client, and closes the session if the error ends it."""
        detail = describe_failure(error)
        if ends_session(error):
            self._sessions.close_quietly(session_id, first_line(detail.message))
        detail.session_alive = self._sessions.is_open(session_id)
        return detail


def _status_code(number: int) -> StatusCode:
    return next(code for code in StatusCode if code.value[0] == number)


def _capabilities(rules: Rules) -> list[str]:
    always = ["async", "distributions", "env_outputs", "interact", "render", "seeds", "snapshot", "wrappers"]
    return [*always, *(["call"] if rules.calls else [])]
