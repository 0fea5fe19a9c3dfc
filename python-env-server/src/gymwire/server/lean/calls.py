# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Answers unary calls: turns a request's bytes into its answer's bytes, with the same handlers as grpcio's server."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health, health_pb2_grpc

from gymwire.server.lean.headers import OK, Status
from gymwire.server.parsing import serializer_if_needed, tolerant_parser
from gymwire.server.service import EnvironmentService
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

_LOG = logging.getLogger(__name__)

UNKNOWN_METHOD = Status(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")


class Answer(NamedTuple):
    """The status of a unary call, and the message if the call succeeded."""

    status: Status
    message: bytes | None = None


# A function that answers a request. Its arguments are the request and the peer's address.
UnaryCall = Callable[[bytes, str], Answer]


def unary_calls(service: EnvironmentService, health_servicer: health.HealthServicer) -> dict[str, UnaryCall]:
    """Returns the unary calls by path."""
    environments, healths = _Handlers(), _Handlers()
    pb_grpc.add_EnvironmentServiceServicer_to_server(service, environments)
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, healths)
    calls = {}
    for path, handler in environments.by_path.items():
        if handler.unary_unary is not None:
            calls[path] = _call(handler, tolerant_parser(handler.request_deserializer))
    check = "/grpc.health.v1.Health/Check"
    calls[check] = _call(healths.by_path[check], healths.by_path[check].request_deserializer)
    return calls


class _Handlers:
    """Collects the handlers that generated code would otherwise add to a grpc.Server."""

    def __init__(self) -> None:
        self.by_path: dict[str, Any] = {}

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Any]) -> None:
        self.by_path.update((f"/{service}/{name}", handler) for name, handler in handlers.items())

    def add_generic_rpc_handlers(self, handlers: Any) -> None:
        """Does nothing. Generated code calls both methods with the same handlers, and the method above adds them."""


class _AbortedError(Exception):
    """A handler has ended its call by `abort`."""


class _Context:
    """The part of grpc.ServicerContext that the handlers use."""

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._metadata: tuple[tuple[str, bytes], ...] = ()
        self.status = OK

    def peer(self) -> str:
        return self._peer

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self._metadata = metadata

    def set_code(self, code: grpc.StatusCode) -> None:
        self.status = Status(code)

    def abort(self, code: grpc.StatusCode, message: str) -> NoReturn:
        self.status = Status(code, message, self._metadata)
        raise _AbortedError


def _call(handler: Any, parse: Callable[[bytes], Any]) -> UnaryCall:
    serialize = serializer_if_needed(handler.response_serializer)

    def call(request: bytes, peer: str) -> Answer:
        context = _Context(peer)
        try:
            parsed = parse(request)
            message = serialize(handler.unary_unary(parsed, context))
        except _AbortedError:
            return Answer(context.status)
        except DecodeError as error:
            return Answer(Status(grpc.StatusCode.INTERNAL, f"the request cannot be parsed: {error}"))
        except Exception as error:
            return Answer(failure(error))
        return Answer(context.status, message if context.status is OK else None)

    return call


def failure(error: Exception) -> Status:
    """Logs a defect of the server, and returns the status of the call that failed because of it."""
    _LOG.error("a call failed because of a defect in the server", exc_info=error)
    return Status(grpc.StatusCode.INTERNAL, f"the server failed: {type(error).__name__}; its log has the traceback")
