# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads and sets attributes of environments, and calls their methods, as a client asks. The server's operator allows
this with --allow-call.

The functions with an argument `env` run in the environment's process."""

from typing import Any

import gymnasium

from gymwire.codec import UnsupportedValueError, decode_value, encode_value
from gymwire.codec.values import decode_string_dict
from gymwire.server.errors import InvalidRequestError, MethodReadError, RefusedError, UnsupportedResultError
from gymwire.server.security import Rules
from gymwire.server.worker import Worker
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2


def answer_call(worker: Worker, request: pb.CallRequest, rules: Rules) -> list[value_pb2.Value]:
    """Carries out a CallRequest; returns one value per environment."""
    if not rules.calls:
        raise RefusedError(
            f"this server does not allow Call, so {request.name!r} was not looked up; ask the server's operator to "
            "start it with --allow-call. This allows every client to run the environments' code"
        )
    name, n = request.name, worker.num_envs
    if not name.isidentifier() or name.startswith("_"):
        text = f"the name {name!r} is not allowed: it must be a Python identifier and must not begin with an underscore"
        raise InvalidRequestError(text) from AttributeError(text)
    action = request.WhichOneof("action")
    if action == "get":
        return worker.each(get_attribute, [(name,)] * n)
    if action == "call":
        arguments = [decode_value(value) for value in request.call.args]
        keywords = decode_string_dict(request.call.kwargs, "kwargs")
        return worker.each(call_method, [(name, arguments, keywords)] * n)
    if action == "set":
        values = [decode_value(value) for value in request.set.values]
        if len(values) != n:
            raise InvalidRequestError(f"set must have {n} values, one per environment; got {len(values)}")
        return worker.each(set_attribute, [(name, value) for value in values])
    raise InvalidRequestError("a CallRequest contains no action; fill in one of its fields `get`, `set` and `call`")


def get_attribute(env: gymnasium.Env[Any, Any], name: str) -> value_pb2.Value:
    """Reads an attribute from the outermost wrapper that has it, or else from the environment."""
    value = _look_up(env, name)
    try:
        return _encode(name, value)
    except UnsupportedResultError:
        if callable(value):
            raise MethodReadError(
                f"{name!r} is a method, which cannot be sent; call it instead of reading it"
            ) from None
        raise


def call_method(
    env: gymnasium.Env[Any, Any], name: str, arguments: list[Any], keywords: dict[str, Any]
) -> value_pb2.Value:
    """Calls a method of the outermost wrapper that has it, or else of the environment. If the name is an attribute that
    cannot be called, a call without arguments returns the attribute's value, as in Gymnasium, and a call with arguments
    is refused."""
    method = _look_up(env, name)
    if not callable(method):
        if arguments or keywords:
            kind = type(method).__name__
            raise InvalidRequestError(f"the attribute {name!r} is of type {kind}, which takes no arguments")
        return _encode(name, method)
    return _encode(name, method(*arguments, **keywords))


def set_attribute(env: gymnasium.Env[Any, Any], name: str, value: Any) -> value_pb2.Value:
    """Sets an attribute of the outermost wrapper that has it, or else of the environment. If neither a wrapper nor the
    environment has the attribute, it is set on the outermost wrapper. Without wrappers, it is set on the
    environment."""
    env.set_wrapper_attr(name, value)
    return value_pb2.Value(none=value_pb2.NoneValue())


def _look_up(env: gymnasium.Env[Any, Any], name: str) -> Any:
    if not env.has_wrapper_attr(name):
        text = f"{env} has no attribute {name!r}"
        raise InvalidRequestError(text) from AttributeError(text)
    return env.get_wrapper_attr(name)


def _encode(name: str, result: Any) -> value_pb2.Value:
    try:
        return encode_value(result)
    except UnsupportedValueError as error:
        raise UnsupportedResultError(f"the result of {name!r} cannot be sent: {error}") from None
