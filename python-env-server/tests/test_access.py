# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of who may use a server: tokens, TLS, mutual TLS, and what a server needs before it listens beyond loopback."""

import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import certificates
import grpc
import pytest
from client import DEADLINE_SECONDS, ServerProcess, make_request
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

Start = Callable[..., ServerProcess]
TOKEN = secrets.token_hex(16)


@pytest.fixture(scope="module")
def pems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pems")
    certificates.make(folder)
    (folder / "token").write_text(TOKEN + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    started: list[ServerProcess] = []

    def start_one(*arguments: str | Path, listen: str = "127.0.0.1:0") -> ServerProcess:
        started.append(ServerProcess(*map(str, arguments), listen=listen, stdin=subprocess.DEVNULL))
        return started[-1]

    yield start_one
    for server in started:
        server.kill()


@pytest.fixture(scope="module")
def guarded(start: Start, pems: Path) -> str:
    """The address of a server with a token."""
    return start("--token-file", pems / "token").address


@pytest.fixture(scope="module")
def mutual(start: Start, pems: Path) -> str:
    """The address of a server that asks its clients for certificates."""
    return start(*tls(pems), "--tls-client-ca", pems / "ca.pem").address


def tls(pems: Path) -> tuple[str | Path, ...]:
    return "--tls-cert", pems / "server.pem", "--tls-key", pems / "server.key"


def info(channel: grpc.Channel, metadata: tuple[tuple[str, str], ...] = ()) -> pb.GetServerInfoResponse:
    with channel:
        stub = pb_grpc.EnvironmentServiceStub(channel)
        return stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=metadata, timeout=DEADLINE_SECONDS)


def secure(address: str, pems: Path, authority: str = "ca", client: str | None = None) -> grpc.Channel:
    chain = key = None
    if client is not None:
        chain, key = (pems / f"{client}.pem").read_bytes(), (pems / f"{client}.key").read_bytes()
    root = (pems / f"{authority}.pem").read_bytes()
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(root, key, chain))


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def test_a_client_with_the_token_is_accepted(guarded: str) -> None:
    assert info(grpc.insecure_channel(guarded), bearer(TOKEN)).protocol_version.major == 1


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ((), "the call has none; send it as the metadata 'authorization: Bearer TOKEN'"),
        (bearer(TOKEN[:-1]), "is not the token of this server"),
        (bearer(TOKEN + "0"), "is not the token of this server"),
        (bearer("Ä".encode().hex()), "is not the token of this server"),
        ((("authorization", TOKEN),), "is not the token of this server"),
        ((("authorization", ""),), "is not the token of this server"),
    ],
)
def test_a_missing_or_wrong_token_is_refused(guarded: str, metadata: tuple[tuple[str, str], ...], words: str) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        info(grpc.insecure_channel(guarded), metadata)
    assert failure.value.code() == grpc.StatusCode.UNAUTHENTICATED
    assert words in str(failure.value.details())


def test_every_call_except_the_health_check_needs_the_token(guarded: str) -> None:
    refused = []
    with grpc.insecure_channel(guarded) as channel:
        stub = pb_grpc.EnvironmentServiceStub(channel)
        methods = pb.DESCRIPTOR.services_by_name["EnvironmentService"].methods
        for method in methods:
            request_class = getattr(pb, method.input_type.name)
            request = iter([request_class()]) if method.client_streaming else request_class()
            with pytest.raises(grpc.RpcError) as failure:
                list(getattr(stub, method.name)(request, timeout=DEADLINE_SECONDS))
            refused.append(failure.value.code())
        question = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        with pytest.raises(grpc.RpcError) as failure:
            list(reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(question))
        refused.append(failure.value.code())
        health = health_pb2_grpc.HealthStub(channel)
        assert health.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError) as failure:
            list(health.Watch(health_pb2.HealthCheckRequest(), timeout=DEADLINE_SECONDS))
        refused.append(failure.value.code())
    assert refused == [grpc.StatusCode.UNAUTHENTICATED] * (len(methods) + 2)


def test_a_stream_needs_the_token_only_to_open(guarded: str) -> None:
    with grpc.insecure_channel(guarded) as channel:
        requests = iter([pb.InteractRequest(make=make_request("CartPole-v1")) for _ in range(2)])
        answers = list(pb_grpc.EnvironmentServiceStub(channel).Interact(requests, metadata=bearer(TOKEN)))
    assert [answer.WhichOneof("response") for answer in answers] == ["make", "make"]


def test_a_tls_client_needs_the_authority_that_signed_the_servers_certificate(start: Start, pems: Path) -> None:
    address = start(*tls(pems), listen="localhost:0").address
    assert info(secure(address, pems)).protocol_version.major == 1
    for channel in (secure(address, pems, authority="other-ca"), grpc.insecure_channel(address)):
        with pytest.raises(grpc.RpcError) as failure:
            info(channel)
        assert failure.value.code() == grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("key", "kind"),
    [(ec.generate_private_key(ec.SECP521R1()), "P-521"), (Ed25519PrivateKey.generate(), "Ed25519")],
    ids=["P-521", "Ed25519"],
)
def test_a_key_that_the_python_client_does_not_know_causes_a_warning(
    start: Start, tmp_path: Path, key: Any, kind: str
) -> None:
    certificates.self_sign(key, tmp_path, "server")
    server = start(*tls(tmp_path))
    with pytest.raises(grpc.RpcError) as failure:
        info(secure(server.address, tmp_path, authority="server"))
    assert failure.value.code() == grpc.StatusCode.UNAVAILABLE
    server.process.terminate()
    code, _, err = server.outcome()
    assert code == 0
    assert "warning: the agent and the Python client cannot connect" in err
    assert f"the kind {kind} of the key in {tmp_path / 'server.pem'}; make a P-256 key" in err


def test_a_certificate_that_is_signed_with_its_own_p256_key_causes_no_warning(start: Start, tmp_path: Path) -> None:
    certificates.self_sign(ec.generate_private_key(ec.SECP256R1()), tmp_path, "server")
    server = start(*tls(tmp_path))
    assert info(secure(server.address, tmp_path, authority="server")).protocol_version.major == 1
    server.process.terminate()
    assert "warning" not in server.outcome()[2]


def test_a_server_with_a_certificate_that_grpc_cannot_use_ends_with_a_remedy(start: Start, tmp_path: Path) -> None:
    certificates.self_sign(Ed448PrivateKey.generate(), tmp_path, "server")
    code, out, err = start(*tls(tmp_path)).outcome()
    assert (code, out) == (2, "")
    assert "if gRPC cannot use the certificate, make a P-256 key" in err


@pytest.mark.parametrize(("client", "accepted"), [("client", True), ("stranger", False), (None, False)])
def test_with_mutual_tls_a_client_needs_a_certificate_that_the_authority_has_signed(
    mutual: str, pems: Path, client: str | None, accepted: bool
) -> None:
    channel = secure(mutual, pems, client=client)
    if accepted:
        assert info(channel).protocol_version.major == 1
    else:
        with pytest.raises(grpc.RpcError) as failure:
            info(channel)
        assert failure.value.code() == grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("guard", ["token", "tls", "mutual"])
def test_a_guarded_server_may_listen_beyond_loopback(start: Start, pems: Path, guard: str) -> None:
    arguments = {
        "token": ("--token-file", pems / "token"),
        "tls": tls(pems),
        "mutual": (*tls(pems), "--tls-client-ca", pems / "ca.pem"),
    }[guard]
    server = start(*arguments, listen="0.0.0.0:0")
    assert server.address.startswith("0.0.0.0:")
    port = server.address.rpartition(":")[2]
    if guard == "token":
        assert info(grpc.insecure_channel(f"127.0.0.1:{port}"), bearer(TOKEN))
    else:
        assert info(secure(f"127.0.0.1:{port}", pems, client="client"))
    server.process.terminate()
    code, _, err = server.outcome()
    assert code == 0
    warning = {"token": "sent to 0.0.0.0:0 unencrypted", "tls": "everybody who reaches 0.0.0.0:0", "mutual": ""}[guard]
    assert warning in err
    assert err.count("warning") == (1 if warning else 0)


@pytest.mark.parametrize(
    ("arguments", "listen", "words"),
    [
        (("--token-file", "no-such-file"), "127.0.0.1:0", "token file no-such-file cannot be read: No such file"),
        (("--token-file", "short"), "127.0.0.1:0", "has 5 characters; it must have at least 16"),
        (("--tls-cert", "server.pem"), "127.0.0.1:0", "give both --tls-cert and --tls-key"),
        (("--tls-client-ca", "ca.pem"), "0.0.0.0:0", "give both --tls-cert and --tls-key"),
        (("--tls-cert", "server.pem", "--tls-key", "client.key"), "127.0.0.1:0", "cannot be used: "),
        (("--tls-cert", "token", "--tls-key", "server.key"), "127.0.0.1:0", "token and the key"),
        (("--tls-cert", "server.pem", "--tls-key", "server.key", "--tls-client-ca", "token"), "127.0.0.1:0", "clients"),
        (
            ("--tls-cert", "server.pem", "--tls-key", "server.key"),
            "unix:s.sock",
            "data on a Unix socket stays on this machine",
        ),
        (("--token-file", "token"), "no.such.host.invalid:0", "no.such.host.invalid is not known"),
    ],
)
def test_a_server_with_an_unusable_token_or_certificate_or_address_does_not_start(
    start: Start,
    pems: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    listen: str,
    words: str,
) -> None:
    monkeypatch.chdir(pems)
    (pems / "short").write_text("abcde", encoding="utf-8")
    code, out, err = start(*arguments, listen=listen).outcome()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err
    assert TOKEN not in err
