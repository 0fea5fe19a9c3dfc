# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""One Interact call: sends requests and receives their responses in order."""

import queue
import time
from collections.abc import Sequence
from typing import Any

import grpc

from gymwire.client._answer_timer import AnswerTimer
from gymwire.client.errors import RemoteTimeoutError
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc


class Stream:
    """One Interact call."""

    def __init__(self, stub: pb_grpc.EnvironmentServiceStub, metadata: Sequence[tuple[str, str]]) -> None:
        self._requests: queue.SimpleQueue[pb.InteractRequest | None] = queue.SimpleQueue()
        self._sent = 0
        self._taken = 0
        self._unwanted = 0
        self._call: Any = stub.Interact(iter(self._take, None), metadata=metadata)
        self._timer = AnswerTimer(self._call.cancel)

    def send_unanswered(self, message: pb.InteractRequest) -> None:
        """Sends a message whose response is dropped."""
        self._unwanted += 1
        self.send(message)

    def send(self, message: pb.InteractRequest) -> None:
        self._sent += 1
        self._requests.put(message)

    def await_sent(self) -> None:
        """Waits until gRPC has sent all messages, at most one second."""
        deadline = time.monotonic() + 1
        while self._taken <= self._sent and time.monotonic() < deadline:
            time.sleep(0.001)

    def receive(self, timeout: float | None) -> pb.InteractResponse:
        if timeout is None:
            return self._next()
        self._timer.start(timeout)
        try:
            response = self._next()
        except grpc.RpcError:
            if not self._timer.expired:
                raise
        finally:
            self._timer.stop()
        # The answer can come at the moment when the timer cancels the call. The answer is then dropped, and the client
        # must ask for it again.
        if self._timer.expired:
            raise RemoteTimeoutError(f"no answer within {timeout:g} s")
        return response

    def cancel(self) -> None:
        self._call.cancel()
        self._timer.end()
        # Ends the thread that waits for requests.
        self._requests.put(None)

    def _take(self) -> pb.InteractRequest | None:
        """Returns the next message. gRPC calls this method after it has sent the previous message."""
        self._taken += 1
        return self._requests.get()

    def _next(self) -> pb.InteractResponse:
        try:
            while self._unwanted > 0:
                next(self._call)
                self._unwanted -= 1
            return next(self._call)
        except StopIteration:
            raise _EndedError from None


class _EndedError(grpc.RpcError):
    """The server ended the stream without an answer, because the server is stopping."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNAVAILABLE

    def details(self) -> str:
        return "the server ended the stream"
