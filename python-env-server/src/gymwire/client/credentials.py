# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""What a client needs to reach a server: token, certificates, and the options of the gRPC channel."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import grpc

_OPTIONS = (
    # Servers are on nearby machines, so the system's proxy is not meant for connections to them.
    ("grpc.enable_http_proxy", 0),
    # Only the server limits the size of messages.
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    # By default gRPC's pauses between two attempts to connect grow to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
)
# Another machine may disappear without closing its connections. Keepalive pings detect that. If a server on this
# machine ends, the operating system reports it. Pings to this server could only do harm: a --lean server answers no
# ping while an environment works, and gRPC would give up the connection.
_KEEPALIVE = (("grpc.keepalive_time_ms", 20_000), ("grpc.keepalive_timeout_ms", 10_000))
_ON_THIS_MACHINE = re.compile(r"unix:.*|(localhost|127(\.\d+){3}|\[::1\]):\d+", re.DOTALL)


@dataclass(frozen=True)
class Credentials:
    """The token and certificates with which a server and its client prove their identity."""

    # The server's token, from which white space at both ends is removed. Without TLS, everybody who can listen to the
    # network can read the token.
    token: str | None = field(default=None, repr=False)
    # Asks for TLS. Without `ca`, an authority in gRPC's own list must have signed the server's certificate.
    tls: bool = False
    # The name of a PEM file with the certificates to trust; implies `tls`.
    ca: str | None = None
    # The names of PEM files with the client's own certificate and key, for a server that asks for them; imply `tls`.
    certificate: str | None = None
    key: str | None = None

    def __post_init__(self) -> None:
        if self.token is not None:
            token = self.token.strip()  # A token file often ends with a newline.
            if not re.fullmatch("[!-~]+", token):
                # The message does not contain the token, because messages appear in logs.
                raise ValueError(
                    "the server's token is empty or contains a space or a character that is not printable ASCII; "
                    "give the token that the server was started with"
                )
            object.__setattr__(self, "token", token)
        if (self.certificate is None) != (self.key is None):
            raise ValueError(f"give certificate and key together: certificate={self.certificate!r}, key={self.key!r}")

    def open_channel(self, address: str) -> grpc.Channel:
        """Returns a channel to an address."""
        options = channel_options(address)
        if not self._uses_tls:
            return grpc.insecure_channel(address, options)
        return grpc.secure_channel(
            address,
            grpc.ssl_channel_credentials(_read(self.ca), _read(self.key), _read(self.certificate)),
            options,
        )

    @property
    def _uses_tls(self) -> bool:
        return bool(self.tls or self.ca or self.certificate)

    def remedy(self) -> str:
        """Returns what to change if a server accepts connections but then ends them."""
        more = "if the server asks for the client's certificate, give certificate and key too"
        if self._uses_tls:
            return (
                "check that the server uses TLS (if not, leave tls, ca, certificate and key out of Credentials), and "
                f"that Credentials(ca=FILE) names the authority that signed the server's certificate; {more}"
            )
        return (
            "if the server uses TLS, give Credentials(ca=FILE) with the PEM file of the authority that signed the "
            f"server's certificate; {more}"
        )

    def metadata(self) -> Sequence[tuple[str, str]]:
        """Returns the metadata of each call."""
        return () if self.token is None else (("authorization", f"Bearer {self.token}"),)


def channel_options(address: str) -> tuple[tuple[str, int], ...]:
    """Returns the gRPC options of a channel to an address."""
    return _OPTIONS if _ON_THIS_MACHINE.fullmatch(address) else _OPTIONS + _KEEPALIVE


def _read(path: str | None) -> bytes | None:
    if path is None:
        return None
    with open(path, "rb") as file:
        return file.read()
