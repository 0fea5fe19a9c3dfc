# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""grpcurl is a command-line client for gRPC. Its commands in proto/README.md work without generated code: the server
describes the messages (gRPC calls this reflection), and the commands contain the requests as JSON."""

import re
import shlex
from pathlib import Path
from typing import Any

import grpc
import pytest
from client import ServerProcess
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

README = Path(__file__).parents[2] / "proto" / "README.md"


def grpcurl(address: str, arguments: list[str]) -> Any:
    """Does what grpcurl does with the arguments, but at `address`; returns the answer's JSON as Python objects."""
    data = "{}"
    positional = []
    pending = iter(arguments)
    for argument in pending:
        if argument == "-d":
            data = next(pending)
        elif argument != "-plaintext":
            positional.append(argument)
    service_name, _, method_name = positional[1].rpartition("/")
    with grpc.insecure_channel(address) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        pool = descriptor_pool.DescriptorPool(database)
        method = pool.FindServiceByName(service_name).FindMethodByName(method_name)
        request_class = message_factory.GetMessageClass(method.input_type)
        response_class = message_factory.GetMessageClass(method.output_type)
        call = channel.unary_unary(
            f"/{service_name}/{method_name}",
            request_serializer=request_class.SerializeToString,
            response_deserializer=response_class.FromString,
        )
        answer = call(json_format.Parse(data, request_class(), descriptor_pool=pool), timeout=30)
        return json_format.MessageToDict(answer, descriptor_pool=pool)


def documented_session() -> list[list[str]]:
    """Returns the arguments of each grpcurl command under "By hand"."""
    section = README.read_text(encoding="utf-8").split("## By hand")[1]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block is not None
    # A command ends at a line break outside of quotes.
    words = shlex.shlex(block.group(1), posix=True, punctuation_chars="\n")
    words.whitespace = " \t\r"
    words.whitespace_split = True
    commands: list[list[str]] = [[]]
    for word in words:
        if set(word) == {"\n"}:
            commands.append([])
        else:
            commands[-1].append(word)
    return [command[1:] for command in commands if command[:1] == ["grpcurl"]]


def test_the_documented_session_plays_cartpole(server: ServerProcess) -> None:
    answers: dict[str, Any] = {}
    for arguments in documented_session():
        method = arguments[-1].rpartition("/")[2]
        filled = [a.replace("ID FROM MAKE", answers.get("Make", {}).get("sessionId", "")) for a in arguments]
        answers[method] = grpcurl(server.address, filled)
    assert list(answers) == ["GetServerInfo", "Make", "Reset", "Step", "Close"]
    assert answers["Make"]["singleActionSpace"]["discrete"]["n"] == "2"
    assert answers["Reset"]["observations"]["array"]["shape"] == ["1", "4"]
    assert answers["Step"]["stepNumber"] == "2"
    # The rewards are one float64 of 1.0. The episode of the only environment has not terminated.
    assert answers["Step"]["rewards"] == "AAAAAAAA8D8="
    assert answers["Step"]["terminated"] == "AA=="


def test_reflection_lists_the_services(server: ServerProcess) -> None:
    with grpc.insecure_channel(server.address) as channel:
        names = set(ProtoReflectionDescriptorDatabase(channel).get_services())
    assert names == {
        "gymwire.v1.EnvironmentService",
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    }


@pytest.mark.parametrize("name", ["", "gymwire.v1.EnvironmentService"])
def test_the_health_check_says_that_the_server_serves(server: ServerProcess, name: str) -> None:
    with grpc.insecure_channel(server.address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=30)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError) as failure:
            stub.Check(health_pb2.HealthCheckRequest(service="no.such.Service"), timeout=30)
    assert failure.value.code() is grpc.StatusCode.NOT_FOUND
