# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Controls who may use the server: its token, its certificates, and the check of every call."""

import base64
import hmac
import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc

from gymwire.server.errors import InvalidRequestError

# A token of 16 random characters cannot be guessed over a network.
_SHORTEST_TOKEN = 16

# The health check reports only whether the server serves. Its callers (a load balancer, a supervisor) have no token.
_OPEN_METHODS = frozenset({"/grpc.health.v1.Health/Check"})

# The TLS library of the agent and the Python client (BoringSSL, as gRPC uses it) does not accept signatures of these
# kinds of keys. In a certificate, the bytes given here are directly before the key.
_UNKNOWN_KEYS = {"Ed25519": b"\x06\x03\x2b\x65\x70\x03\x21", "P-521": b"\x06\x05\x2b\x81\x04\x00\x23\x03"}
KEY_REMEDY = (
    "make a P-256 key, and then a certificate for it: "
    "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem"
)

_MISSING = (
    "this server requires a token, but the call has none; send it as the metadata 'authorization: Bearer TOKEN' "
    "(./gymwire: --server-token-file FILE)"
)
_WRONG = "the token of the call is not the token of this server; ask the server's operator for the current token"


def read_token(path: Path) -> str:
    """Returns the token in a file, without the white space around it."""
    token = _read(path, "token file").decode("utf-8", errors="replace").strip()
    if len(token) < _SHORTEST_TOKEN or not all("!" <= char <= "~" for char in token):
        raise InvalidRequestError(
            f"the token in {path} has {len(token)} characters; it must have at least {_SHORTEST_TOKEN}, all of them "
            "printable ASCII without spaces; make one with: openssl rand -hex 32"
        )
    return token


def tls_credentials(certificate: Path, key: Path, client_authority: Path | None) -> grpc.ServerCredentials:
    """Returns credentials from PEM files. With `client_authority`, clients must show a certificate that this
    authority signed."""
    # gRPC does not report what is wrong with a certificate, so OpenSSL checks it first.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate_pem, key_pem = _read(certificate, "certificate"), _read(key, "key")
    try:
        # Without the argument `password`, OpenSSL would ask at the terminal for the password of an encrypted key.
        context.load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, ValueError) as error:
        raise InvalidRequestError(
            f"the certificate {certificate} and the key {key} cannot be used: {error}; "
            "give a PEM certificate chain and its unencrypted PEM key"
        ) from error
    authority_pem = None
    if client_authority is not None:
        authority_pem = _read(client_authority, "authority of the clients")
        try:
            context.load_verify_locations(client_authority)
        except ssl.SSLError as error:
            raise InvalidRequestError(
                f"the authority of the clients {client_authority} cannot be used: {error}; give a PEM certificate"
            ) from error
    return grpc.ssl_server_credentials(
        [(key_pem, certificate_pem)],
        root_certificates=authority_pem,
        require_client_auth=authority_pem is not None,
    )


def key_warning(certificate: Path) -> str:
    """Returns a warning if some clients cannot connect because of the kind of the certificate's key. Otherwise, the
    string is empty."""
    block = re.search(rb"-----BEGIN CERTIFICATE-----(.+?)-----END", _read(certificate, "certificate"), re.DOTALL)
    content = b"" if block is None else base64.b64decode(block[1])
    for kind, identifier in _UNKNOWN_KEYS.items():
        if identifier in content:
            return (
                f"the agent and the Python client cannot connect: they do not know the kind {kind} of the key in "
                f"{certificate}; {KEY_REMEDY}"
            )
    return ""


class TokenCheck(grpc.ServerInterceptor):  # type: ignore[type-arg]
    """Accepts only calls with the token, and the call Check of the health service."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Any], handler_call_details: grpc.HandlerCallDetails
    ) -> Any:
        """Returns the call's own handler, or a handler that refuses the call."""
        if handler_call_details.method in _OPEN_METHODS:
            return continuation(handler_call_details)
        sent = [value for key, value in handler_call_details.invocation_metadata or () if key == "authorization"]
        # The comparison takes the same time for all wrong tokens of one length, so the time reveals no character.
        if any(hmac.compare_digest(_as_bytes(value), self._expected) for value in sent):
            return continuation(handler_call_details)
        message = _WRONG if sent else _MISSING

        def refuse(request_iterator: Any, context: grpc.ServicerContext) -> Any:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, message)

        # A stream handler can refuse a call of any kind, and does so without reading a message.
        return grpc.stream_stream_rpc_method_handler(refuse)


def _as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidRequestError(f"the {what} {path} cannot be read: {error.strerror}") from error
