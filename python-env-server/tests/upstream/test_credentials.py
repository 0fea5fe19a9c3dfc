# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The Python client connects to servers that ask for credentials."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certificates
import pytest
from client import ServerProcess

from gymwire.client import Credentials, RemoteEnv

TOKEN = "a-token-of-enough-characters"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("credentials")
    certificates.make(path)
    (path / "token").write_text(TOKEN)
    return path


@pytest.fixture(scope="module")
def guarded(folder: Path) -> Iterator[str]:
    """A server with TLS that asks for a token and a certificate."""
    server = ServerProcess(
        *("--token-file", str(folder / "token")),
        *("--tls-cert", str(folder / "server.pem"), "--tls-key", str(folder / "server.key")),
        *("--tls-client-ca", str(folder / "ca.pem")),
    )
    yield server.address
    server.kill()


@pytest.fixture(scope="module")
def unguarded() -> Iterator[str]:
    """A server without TLS."""
    server = ServerProcess()
    yield server.address
    server.kill()


def credentials(folder: Path, token: str | None = TOKEN) -> Credentials:
    return Credentials(
        token=token,
        ca=str(folder / "ca.pem"),
        certificate=str(folder / "client.pem"),
        key=str(folder / "client.key"),
    )


def test_a_client_with_token_and_certificate_is_accepted(guarded: str, folder: Path) -> None:
    env = RemoteEnv("CartPole-v1", guarded, credentials=credentials(folder))
    env.reset(seed=0)
    assert env.step(0)[1] == 1.0
    assert env.spec is not None
    again = env.spec.make()
    again.reset(seed=0)
    again.close()
    env.close()


@pytest.mark.parametrize("token", [None, "a-wrong-token-of-characters"])
def test_a_missing_or_wrong_token_is_a_permission_error(guarded: str, folder: Path, token: str | None) -> None:
    with pytest.raises(PermissionError, match="token"):
        RemoteEnv("CartPole-v1", guarded, credentials=credentials(folder, token))


def test_a_token_with_white_space_around_it_is_accepted(guarded: str, folder: Path) -> None:
    RemoteEnv("CartPole-v1", guarded, credentials=credentials(folder, f" {TOKEN}\r\n")).close()


@pytest.mark.parametrize("token", ["", "\n", "two words", "line\nbreak", "schlüssel", "nul\0"])
def test_a_token_that_a_header_cannot_carry_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match=r"token is empty or contains a space .*; give the token that the server"):
        Credentials(token=token)


@pytest.mark.parametrize(
    ("plain_server", "names", "remedy"),
    [
        (False, {}, r"if the server uses TLS, give Credentials\(ca=FILE\)"),
        (True, {"ca": "ca.pem"}, "check that the server uses TLS"),
        (False, {"ca": "other-ca.pem"}, r"Credentials\(ca=FILE\) names the authority that signed"),
        (False, {"ca": "ca.pem"}, "if the server asks for the client's certificate, give certificate and key too"),
    ],
    ids=["client without TLS", "server without TLS", "untrusted server", "client without a certificate"],
)
def test_tls_settings_that_do_not_fit_are_reported_with_the_remedy(
    guarded: str,
    unguarded: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    plain_server: bool,
    names: dict[str, str],
    remedy: str,
) -> None:
    monkeypatch.setattr("gymwire.client.connection.CONNECT_SECONDS", 1.0)
    files: dict[str, Any] = {name: str(folder / file) for name, file in names.items()}
    address = unguarded if plain_server else guarded
    with pytest.raises(ConnectionError, match=f"a program listens at {address}, .*{remedy}"):
        RemoteEnv("CartPole-v1", address, credentials=Credentials(token=TOKEN, **files))
