# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Handles messages that cannot be parsed. gRPC itself would answer such a message with INTERNAL, and would end the
stream that contains it. Also lets a handler return a response that is already serialized."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from gymwire.server.errors import InvalidRequestError


@dataclass(frozen=True)
class Malformed:
    """The object that a handler gets instead of a message that could not be parsed. The handler refuses it."""

    reason: str


class ParseCheck(grpc.ServerInterceptor):  # type: ignore[type-arg]
    """Passes `Malformed` to the handlers of one service when the message of a unary call cannot be parsed. Handlers of
    streams get bytes, and parse them with `parse_checked`."""

    def __init__(self, service: str) -> None:
        self._prefix = f"/{service}/"

    def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Any], handler_call_details: grpc.HandlerCallDetails
    ) -> Any:
        """Returns the handler of the call. In a unary call of the service, the parser returns `Malformed` for a message
        that it cannot parse, and the handler may return a message or its bytes."""
        handler = continuation(handler_call_details)
        if handler is None or not handler_call_details.method.startswith(self._prefix):
            return handler
        if handler.request_streaming:
            # For streams the service itself parses and serializes messages.
            return grpc.stream_stream_rpc_method_handler(handler.stream_stream)
        parse = tolerant_parser(handler.request_deserializer)
        serialize = serializer_if_needed(handler.response_serializer)
        return grpc.unary_unary_rpc_method_handler(handler.unary_unary, parse, serialize)


def check_parsed(request: Any) -> None:
    """Raises InvalidRequestError for a message that could not be parsed."""
    if isinstance(request, Malformed):
        raise InvalidRequestError(f"the request is not a message of the protocol: {request.reason}")


def parse_checked(parse: Callable[[bytes], Any], data: bytes) -> Any:
    """Returns the parsed message. Raises InvalidRequestError if `data` cannot be parsed."""
    request = tolerant_parser(parse)(data)
    check_parsed(request)
    return request


def tolerant_parser(parse: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Returns a parser that returns `Malformed` when `parse` fails."""

    def parse_or_mark(data: bytes) -> Any:
        try:
            return parse(data)
        except DecodeError as error:
            return Malformed(f"{error} (got {len(data)} bytes)")

    return parse_or_mark


def serializer_if_needed(serialize: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Returns a serializer that leaves bytes as they are: some handlers serialize their responses themselves."""

    def serialize_message(response: Any) -> bytes:
        return response if isinstance(response, bytes) else serialize(response)

    return serialize_message
