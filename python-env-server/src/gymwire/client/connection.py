# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The connection to a server: one stream, which is opened again when its transport breaks."""

import functools
import os
import threading
import time
import weakref
from dataclasses import dataclass
from typing import Any

import grpc

from gymwire.client._forks import warn_of_fork
from gymwire.client._reachable import listens, may_listen
from gymwire.client._stream import Stream
from gymwire.client.credentials import Credentials
from gymwire.client.errors import RemoteTimeoutError, late, to_exception, who_waits_again
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

PROTOCOL_MAJOR = 1

# The seconds that the client waits until a server accepts a connection. A shorter `timeout` of Connection shortens the
# wait for the first connection. A longer `timeout` lengthens the wait after the connection broke.
CONNECT_SECONDS = 10.0
# The default limit of the time until a server's first answer, in seconds. On a busy machine this answer can take long.
GREET_SECONDS = 60.0
# The seconds that the server may need to close a session whose stream has ended. It aborts a request under way.
CLOSE_SECONDS = 5.0

# No valid step has this step number: the server refuses such a step and changes nothing.
_NEVER_THE_NEXT = 2**64 - 1
# The codes of a broken transport: the server may or may not have carried out the request under way.
_BROKEN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
# With these codes a server refuses a stream or a message before it reads the request.
_REFUSED = (
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNIMPLEMENTED,
)


@dataclass
class _Pending:
    """A request without an answer."""

    message: pb.InteractRequest
    repeatable: bool
    # Whether the server may have carried out the request in an earlier attempt.
    uncertain: bool = False

    @property
    def kind(self) -> str:
        return self.message.WhichOneof("request") or ""


class Connection:
    """Sends one request at a time and returns its response, or raises the exception for the server's error."""

    def __init__(self, address: str, credentials: Credentials, timeout: float | None = None) -> None:
        """Connects. Each answer may take at most `timeout` seconds; if the connection breaks, the time begins again.
        With None only the first answer has a limit."""
        if timeout is not None and not timeout > 0:
            raise ValueError(f"request_timeout must be a positive number of seconds, or None; got {timeout!r}")
        warn_of_fork()
        self._process = os.getpid()
        self._address = address
        self._timeout = timeout
        self._credentials = credentials
        self._metadata = credentials.metadata()
        self._channel = credentials.open_channel(address)
        _follow_forks()
        self._stub = pb_grpc.EnvironmentServiceStub(self._channel)
        self._stream: Stream | None = None
        # Whether this client has ended or lost a stream, and has no answer on a later stream yet. The server may still
        # count the old stream.
        self._left_stream = False
        self._pending: _Pending | None = None
        self._session_id = ""
        # Locked while `send` opens a stream and sends on it, so that a fork in another thread does not end the stream.
        self._sending = threading.Lock()
        try:
            self._capabilities = self._greet()
        except BaseException:
            self.close()
            raise
        _connections.add(self)

    def hold(self, session_id: str) -> None:
        """Sets the session of this connection. The session's lease does not run out while a stream is open."""
        self._session_id = session_id

    def ask(self, repeatable: bool = True, **request: Any) -> Any:
        """Sends a request and returns the response. The keyword argument is a field of InteractRequest. A repeatable
        request is sent again when the connection breaks before its answer comes."""
        self.send(repeatable, **request)
        return self.receive()

    def send(self, repeatable: bool = True, **request: Any) -> None:
        """Sends a request; `receive` must follow."""
        if not self.is_of_this_process():
            raise RuntimeError(
                f"this environment at {self._address} was made before the process was forked and belongs to the "
                "parent; make one in each process"
            )
        message = pb.InteractRequest(**request)
        with self._sending:
            self._pending = _Pending(message, repeatable)
            if self._stream is None:
                self._stream = Stream(self._stub, self._metadata)
            self._stream.send(message)

    @property
    def waits(self) -> bool:
        """Returns whether a request has been sent and `receive` can still take its answer."""
        return self._pending is not None

    def receive(self, timeout: float | None = None) -> Any:
        """Returns the response to the last request, within `timeout` seconds (None: as in the constructor). If this
        method raises an exception and `waits` is still true, it can be called again: the server may have carried out
        the request, and the answer says what it did."""
        if timeout is None:
            timeout = self._timeout
        assert self._pending is not None
        pending = self._pending
        give_up: float | None = None
        while True:
            begin = time.monotonic()
            try:
                if self._stream is None:
                    self._stream = Stream(self._stub, self._metadata)
                    self._stream.send(pending.message)
                response = self._stream.receive(timeout)
                break
            except grpc.RpcError as error:
                # The server can refuse a new stream, because it still counts the old stream.
                full = self._left_stream and _is_full(error)
                self._drop_stream()
                if time.monotonic() - begin > self._patience():
                    give_up = None  # A stream that lasted so long was connected. So this is a new break.
                pending.uncertain = pending.uncertain or error.code() not in _REFUSED
                if error.code() not in _BROKEN and not full:
                    self._forget_if_certain()
                    raise _to_exception(error, pending.kind) from None
                self._left_stream = True
                give_up = give_up or time.monotonic() + self._patience()
                if full:
                    self._await_free_stream(error, give_up)
                else:
                    self._recover(error, give_up)
            except BaseException as error:  # a timeout, or Ctrl-C
                # A repeatable request stays pending: the next call of this method sends it again on a new stream.
                self._drop_stream()
                self._left_stream = True
                pending.uncertain = True
                self._forget_if_certain()
                if isinstance(error, RemoteTimeoutError):
                    raise late(pending.kind, error) from None
                raise
        self._pending = None
        self._left_stream = False
        kind = response.WhichOneof("response")
        if kind == "error":
            raise to_exception(response.error, pending.kind)
        return getattr(response, kind)

    @property
    def has_stream(self) -> bool:
        """Returns whether a stream is open. The stream ends if a timeout, Ctrl-C or a lost connection ends the wait for
        an answer."""
        return self._stream is not None

    def close_session(self) -> None:
        """Closes the session without a stream, within CLOSE_SECONDS. The server aborts a request under way, if it can.
        Raises grpc.RpcError if the server cannot be reached or does not answer."""
        request = pb.CloseRequest(session_id=self._session_id)
        self._stub.Close(request, timeout=CLOSE_SECONDS, metadata=self._metadata)

    def require(self, capability: str, what: str) -> None:
        """Raises NotImplementedError if the server lacks a capability and so would ignore the fields that need it."""
        if capability not in self._capabilities:
            raise NotImplementedError(f"the server at {self._address} is too old for {what}; install a newer one there")

    def is_of_this_process(self) -> bool:
        """Returns whether this process made the connection. A forked process has a copy of its parent's connection."""
        return self._process == os.getpid()

    def pause(self) -> None:
        """Ends the stream if no request is under way, so that gRPC is idle while this process is forked.

        If gRPC still sends a message when a fork begins, two threads of gRPC can wait for each other. The child's calls
        then wait forever.
        """
        if self.is_of_this_process() and self._session_id and self._sending.acquire(blocking=False):
            try:
                if self._stream is not None:
                    self._stream.await_sent()
                if self._pending is None and self._stream is not None:
                    self._drop_stream()
                    self._left_stream = True
            finally:
                self._sending.release()

    def resume(self) -> None:
        """Opens a stream again, so that the lease does not run out. The first message is a step that the server
        refuses. From this message, the server learns the session of the stream."""
        if self.is_of_this_process() and self._session_id and self._sending.acquire(blocking=False):
            try:
                if self._pending is None and self._stream is None:
                    self._stream = Stream(self._stub, self._metadata)
                    step = pb.StepRequest(session_id=self._session_id, step_number=_NEVER_THE_NEXT)
                    self._stream.send_unanswered(pb.InteractRequest(step=step))
            finally:
                self._sending.release()

    def close(self) -> None:
        """Ends the stream and the connection."""
        self._session_id = ""
        self._drop_stream()
        self._channel.close()

    def _greet(self) -> frozenset[str]:
        info = self._first_answer()
        version = info.protocol_version
        if version.major != PROTOCOL_MAJOR:
            raise ConnectionError(
                f"the server at {self._address} uses protocol version {version.major}.{version.minor}, but "
                f"this client uses version {PROTOCOL_MAJOR}; install a client and a server of the same release"
            )
        return frozenset(info.capabilities)

    def _first_answer(self) -> pb.GetServerInfoResponse:
        limit = GREET_SECONDS if self._timeout is None else self._timeout
        begin = time.monotonic()
        slow = False
        while True:
            left = begin + limit - time.monotonic()
            try:
                # A slow server causes DEADLINE_EXCEEDED here; a missing server usually causes UNAVAILABLE.
                return self._stub.GetServerInfo(
                    pb.GetServerInfoRequest(), timeout=max(0.001, min(left, CONNECT_SECONDS)), metadata=self._metadata
                )
            except grpc.RpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                    raise _to_exception(error, "") from None
                # A host that drops packets, for example behind a firewall, causes DEADLINE_EXCEEDED too.
                slow = slow or (error.code() is grpc.StatusCode.DEADLINE_EXCEEDED and may_listen(self._address))
                waited = time.monotonic() - begin
                if waited >= (limit if slow else min(limit, CONNECT_SECONDS)):
                    raise self._unanswered(error, waited, slow) from None
            time.sleep(0.1)

    def _unanswered(self, error: grpc.RpcError, waited: float, slow: bool) -> ConnectionError:
        """Returns the error for a first answer that did not come within `waited` seconds, with the remedies."""
        remedies = ["give a longer request_timeout if the server's machine is busy"] if slow else []
        problem = f"no server answers at {self._address}"
        if error.code() is grpc.StatusCode.UNAVAILABLE and listens(self._address):
            problem = f"a program listens at {self._address}, but no connection to a Gymwire server could be made"
            remedies.append(self._credentials.remedy())
        if not remedies:
            remedies = ["start one: ./gymwire serve --listen ADDRESS, or python -m gymwire.server --listen ADDRESS"]
        return ConnectionError(f"{problem} within {waited:.3g} s ({error.details()}); {'; '.join(remedies)}")

    def _patience(self) -> float:
        return max(CONNECT_SECONDS, self._timeout or 0)

    def _recover(self, error: grpc.RpcError, give_up: float) -> None:
        """Waits until the connection is restored. Raises ConnectionError if this fails, or if the pending request is
        not repeatable."""
        assert self._pending is not None
        pending = self._pending
        if not pending.repeatable:
            self._pending = None
            raise ConnectionError(
                f"the connection to {self._address} broke during {pending.kind!r}. The request may have been carried "
                f"out, so it is not repeated: {error.details()}"
            ) from None
        # A pause, because a channel may look connected for a moment after its server has ended.
        time.sleep(0.05)
        ready = grpc.channel_ready_future(self._channel)
        try:
            if time.monotonic() > give_up:
                raise grpc.FutureTimeoutError
            ready.result(self._patience())
        except grpc.FutureTimeoutError:
            raise ConnectionError(
                f"the connection to {self._address} broke and could not be restored within {self._patience():g} s: "
                f"{error.details()}; check whether the server still runs{who_waits_again(pending.kind)}"
            ) from None
        finally:
            ready.cancel()

    def _await_free_stream(self, error: grpc.RpcError, give_up: float) -> None:
        """Waits before the next attempt to open a stream. Raises ConnectionError after `give_up`."""
        assert self._pending is not None
        again = who_waits_again(self._pending.kind) if self._pending.uncertain else ""
        if time.monotonic() > give_up:
            self._forget_if_certain()
            raise ConnectionError(
                f"no stream to {self._address} could be opened within {self._patience():g} s: {error.details()}{again}"
            ) from None
        time.sleep(0.05)

    def _forget_if_certain(self) -> None:
        """Forgets the pending request, unless the server may have carried it out and the request can be sent again."""
        if self._pending is not None and not (self._pending.repeatable and self._pending.uncertain):
            self._pending = None

    def _drop_stream(self) -> None:
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None


_connections: "weakref.WeakSet[Connection]" = weakref.WeakSet()


def _pause_all() -> None:
    for connection in list(_connections):
        connection.pause()


def _resume_all() -> None:
    for connection in list(_connections):
        connection.resume()


@functools.cache
def _follow_forks() -> None:
    """Registers functions that end the streams before a fork, and open them again in the parent process after the fork.
    If streams are open, gRPC's threads need a second until they are idle, and some child processes hang.

    Before a fork, Python calls the functions in the reverse order of their registration. gRPC registers its own
    functions when the first channel is made. The functions here are registered later, so Python calls them first.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_pause_all, after_in_parent=_resume_all)


def _is_full(error: grpc.RpcError) -> bool:
    """Returns whether the server refused a stream because too many streams, connections or calls are open."""
    details = error.details() or ""
    return error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED and (
        "--max-streams" in details or "Concurrent RPC limit" in details
    )


def _to_exception(error: grpc.RpcError, request: str) -> Exception:
    return to_exception(pb.ErrorDetail(code=error.code().value[0], message=error.details()), request)
