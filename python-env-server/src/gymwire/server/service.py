# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The handlers of ``EnvironmentService`` and the one table from exceptions to gRPC codes."""

import functools
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gymnasium
from grpc import ServicerContext, StatusCode

import gymwire
from gymwire.codec import UnsupportedValueError
from gymwire.codec.spaces import UnsupportedSpaceError
from gymwire.server import environments, errors, making
from gymwire.server.env_host import class_name, traceback_text
from gymwire.server.fingerprint import fingerprint, program_sha256
from gymwire.server.limits import Limits
from gymwire.server.parsing import check_parsed
from gymwire.server.security import Rules
from gymwire.server.session import Session
from gymwire.server.session_log import SessionOrigin
from gymwire.server.session_table import SessionTable
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

_LOG = logging.getLogger(__name__)

PROTOCOL_VERSION = (1, 0)

# The first class that fits decides; a class that is not here is a defect of the server: INTERNAL.
_CODES: tuple[tuple[type[Exception], StatusCode], ...] = (
    (errors.EnvironmentRaisedError, StatusCode.UNKNOWN),
    (errors.UnknownEnvironmentError, StatusCode.NOT_FOUND),
    (errors.UnknownSessionError, StatusCode.NOT_FOUND),
    (errors.WrongStateError, StatusCode.FAILED_PRECONDITION),
    (errors.MissingDependencyError, StatusCode.FAILED_PRECONDITION),
    (errors.RefusedError, StatusCode.PERMISSION_DENIED),
    (errors.QuotaError, StatusCode.RESOURCE_EXHAUSTED),
    (UnsupportedSpaceError, StatusCode.UNIMPLEMENTED),
    (UnsupportedValueError, StatusCode.UNIMPLEMENTED),
    (errors.UnsupportedResultError, StatusCode.UNIMPLEMENTED),
    (errors.SnapshotUnsupportedError, StatusCode.UNIMPLEMENTED),
    # The codec's word for a malformed message, and InvalidRequestError.
    (ValueError, StatusCode.INVALID_ARGUMENT),
)

# The requests that one open session answers, by their names in InteractRequest and InteractResponse. Each fills the
# response that it is given: a message set into another one is copied.
_ON_SESSION: dict[str | None, Callable[[Session, Any, Any], None]] = {
    "step": Session.step,
    "reset": Session.reset,
    "render": Session.render,
    "snapshot": Session.snapshot,
    "restore": Session.restore,
    "call": Session.call,
}

# After these the environments have moved without an answer, or may be broken.
_ENDS_SESSION = (errors.EnvironmentFailedError, UnsupportedValueError)

# Trailing metadata is limited to 8 KiB by most clients. The message is there twice, once with three characters for each
# byte that is not ASCII, and the rest in base 64.
_MAX_MESSAGE_BYTES = 1000
_MAX_TRACEBACK_BYTES = 2500
_MAX_CLASS_BYTES = 100


class Interaction(NamedTuple):
    """One Interact stream, whatever carries its messages."""

    answer: Callable[[Any], pb.InteractResponse]
    """Returns the response to one request; requests are passed in their order, one at a time."""
    end: Callable[[], None]
    """Gives the leases of the stream's sessions and its place back; to be called once."""


class EnvironmentService(pb_grpc.EnvironmentServiceServicer):
    """Answers the calls; each stream occupies one thread of the server's pool for its life."""

    def __init__(self, sessions: SessionTable, lease_seconds: float, limits: Limits, rules: Rules) -> None:
        self._sessions = sessions
        self._lease_seconds = lease_seconds
        self._limits = limits
        self._rules = rules
        self._free_streams = threading.BoundedSemaphore(limits.max_streams)

    def GetServerInfo(self, request: pb.GetServerInfoRequest, context: ServicerContext) -> pb.GetServerInfoResponse:
        """Tells who the server is."""
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
        """Steps a session."""
        return self._unary(functools.partial(self._on_session, "step"), request, context)

    def Render(self, request: pb.RenderRequest, context: ServicerContext) -> pb.RenderResponse:
        """Draws a session's environments."""
        return self._unary(functools.partial(self._on_session, "render"), request, context)

    def Snapshot(self, request: pb.SnapshotRequest, context: ServicerContext) -> pb.SnapshotResponse:
        """Takes the environments' state down."""
        return self._unary(functools.partial(self._on_session, "snapshot"), request, context)

    def Restore(self, request: pb.RestoreRequest, context: ServicerContext) -> pb.RestoreResponse:
        """Puts a state into the environments."""
        return self._unary(functools.partial(self._on_session, "restore"), request, context)

    def Call(self, request: pb.CallRequest, context: ServicerContext) -> pb.CallResponse:
        """Reads or sets attributes, or calls methods."""
        return self._unary(functools.partial(self._on_session, "call"), request, context)

    def Close(self, request: pb.CloseRequest, context: ServicerContext) -> pb.CloseResponse:
        """Closes a session."""
        return self._unary(self._close, request, context)

    def Interact(
        self, request_iterator: Iterator[pb.InteractRequest], context: ServicerContext
    ) -> Iterator[pb.InteractResponse]:
        """Answers a stream of requests in order, and holds the leases of the sessions that it uses."""
        try:
            stream = self.open_stream(context.peer())
        except errors.QuotaError as error:
            context.abort(StatusCode.RESOURCE_EXHAUSTED, str(error))
        try:
            for request in request_iterator:
                yield stream.answer(request)
        finally:
            stream.end()

    def open_stream(self, peer: str) -> Interaction:
        """Begins an Interact stream of the client at `peer`; QuotaError when too many are open."""
        if not self._free_streams.acquire(blocking=False):
            raise errors.QuotaError(
                f"{self._limits.max_streams} streams are open, which is the most the server allows; "
                "end one, or start the server with a higher --max-streams"
            )
        held: dict[str, Session] = {}
        return Interaction(
            answer=functools.partial(self._answer, held, peer),
            end=functools.partial(self._end_stream, held),
        )

    def _end_stream(self, held: dict[str, Session]) -> None:
        for session in held.values():
            self._sessions.release(session)
        self._free_streams.release()

    def _answer(self, held: dict[str, Session], peer: str, request: pb.InteractRequest) -> pb.InteractResponse:
        session_id = ""
        try:
            check_parsed(request)
            kind = request.WhichOneof("request")
            if kind in _ON_SESSION:
                asked = getattr(request, kind)
                session_id = asked.session_id
                session = held.get(session_id) or self._hold(session_id, held)
                response = pb.InteractResponse()
                _ON_SESSION[kind](session, asked, getattr(response, kind))
                return response
            if kind == "make":
                made = self._make(request.make, peer)
                self._hold(made.session_id, held)
                return pb.InteractResponse(make=made)
            if kind == "close":
                session_id = request.close.session_id
                if session_id in held:
                    self._sessions.release(held.pop(session_id))
                return pb.InteractResponse(close=self._close(request.close))
            raise errors.InvalidRequestError("an InteractRequest holds no request; set one of its fields")
        except Exception as error:
            return pb.InteractResponse(error=self._fail(error, session_id))

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
        return pb.ListEnvironmentsResponse(
            environments=[_entry(env_id) for env_id in environments.visible_ids(self._rules)]
        )

    def _hold(self, session_id: str, held: dict[str, Session]) -> Session:
        session = self._sessions.get(session_id)
        self._sessions.hold(session)
        held[session_id] = session
        return session

    def _make(self, request: pb.MakeRequest, peer: str) -> pb.MakeResponse:
        making.check_make(request)
        create = functools.partial(
            making.create_session,
            request=request,
            default_lease=self._lease_seconds,
            limits=self._limits,
            rules=self._rules,
        )
        origin = SessionOrigin(peer, request.env_id, request.num_envs, request.vectorization == pb.VECTORIZATION_ASYNC)
        return making.describe_session(self._sessions.open(origin, create))

    def _on_session(self, kind: str, request: Any) -> Any:
        response = getattr(pb.InteractResponse(), kind)
        _ON_SESSION[kind](self._sessions.get(request.session_id), request, response)
        return response

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
        """Returns what to tell the client, and closes the session when it cannot be used on."""
        if isinstance(error, _ENDS_SESSION):
            self._sessions.close_quietly(session_id, _first_line(str(error)))
        code = next((code for kind, code in _CODES if isinstance(error, kind)), StatusCode.INTERNAL)
        message = str(error)
        if code is StatusCode.INTERNAL:
            _LOG.error("a request failed by a defect of the server", exc_info=error)
            message = f"the server failed: {type(error).__name__}: {error}; its log has the traceback"
        cause = error.__cause__ or error
        detail = pb.ErrorDetail(
            code=code.value[0],
            message=_unicode(message)[:_MAX_MESSAGE_BYTES].decode(errors="ignore"),
            exception_class=_unicode(class_name(cause))[:_MAX_CLASS_BYTES].decode(errors="ignore"),
            session_alive=self._sessions.is_open(session_id),
        )
        if isinstance(error, errors.EnvironmentRaisedError):
            if error.exception_class:
                detail.exception_class = error.exception_class[:_MAX_CLASS_BYTES]
            text = error.traceback or traceback_text(cause)
            detail.traceback = _unicode(text)[-_MAX_TRACEBACK_BYTES:].decode(errors="ignore")
        env_index = getattr(error, "env_index", None)
        if env_index is not None:
            detail.env_index = env_index
        return detail


def _first_line(message: str) -> str:
    return message.split("\n", 1)[0][:_MAX_MESSAGE_BYTES]


def _unicode(text: str) -> bytes:
    # What an environment raises may hold half surrogate pairs, which no message can.
    return text.encode(errors="replace")


def _status_code(number: int) -> StatusCode:
    return next(code for code in StatusCode if code.value[0] == number)


def _capabilities(rules: Rules) -> list[str]:
    always = ["async", "env_outputs", "interact", "render", "seeds", "snapshot", "wrappers"]
    return [*always, *(["call"] if rules.calls else [])]


def _entry(env_id: str) -> pb.EnvironmentEntry:
    spec = gymnasium.registry[env_id]
    return pb.EnvironmentEntry(
        spec=environments.encode_spec(spec), unavailable_reason=environments.unavailable_reason(spec)
    )
