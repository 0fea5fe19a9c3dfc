# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line's options, and the checks of their combinations."""

import argparse
import functools
import sys
from pathlib import Path
from typing import NamedTuple, TextIO

import grpc

from gymwire.server.access import key_warning, read_token, tls_credentials
from gymwire.server.addresses import check_address, is_loopback, is_unix
from gymwire.server.errors import InvalidRequestError
from gymwire.server.hosting import HostSettings
from gymwire.server.limits import Limits
from gymwire.server.security import Rules
from gymwire.server.session_log import SessionLog

# gRPC counts the bytes of a message in 32 bits with a sign, as Protobuf does.
_MOST_MESSAGE_MIB = 2047


class Access(NamedTuple):
    """The address to listen on, and who may connect."""

    address: str
    token: str | None
    tls: grpc.ServerCredentials | None
    warnings: list[str]
    """Warnings if data is sent over the network unencrypted, if other machines can use the environments without a token
    or certificate, or if some clients cannot use the server's certificate."""


def parse() -> argparse.Namespace:
    """Returns the options of this process. Ends the process when they are malformed, and after --help."""
    return make_parser().parse_args()


def make_parser() -> argparse.ArgumentParser:
    """Returns a parser with all options of the server."""
    parser = argparse.ArgumentParser(
        prog="python -m gymwire.server",
        description="Hosts Gymnasium environments for gRPC clients.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--listen",
        metavar="ADDRESS",
        required=True,
        help="HOST:PORT (0: any free port) or unix:PATH; hosts except 127.0.0.1, localhost, [::1] need a token or TLS",
    )
    parser.add_argument(
        "--managed", action="store_true", help="stop when standard input ends; ignore Ctrl-C (the parent handles it)"
    )
    parser.add_argument(
        "--lean",
        action="store_true",
        help="fastest for one local client: the main thread answers all requests; no TLS, token or reflection",
    )
    parser.add_argument(
        "--isolation",
        choices=("process", "none"),
        help="process: each session in its own process, so that it cannot harm others; none: all sessions in the "
        "server's process, without limits of memory and time, for very many small sessions that you trust; default: "
        "process (with --lean: none)",
    )
    parser.add_argument(
        "--import",
        dest="modules",
        metavar="MODULE",
        action="append",
        default=[],
        help="import a module that registers your own environments; may be repeated",
    )
    parser.add_argument(
        "--lease-seconds",
        metavar="S",
        type=_seconds,
        default=60.0,
        help="close a session after S seconds without request or open stream; clients can set S; default: %(default)g",
    )
    parser.add_argument(
        "--log-file",
        metavar="FILE",
        help="write a line of JSON for each session that ends; FILE may be - for standard error, which is the default "
        "without --managed",
    )
    _add_access(parser.add_argument_group("who may connect"))
    _add_rules(parser.add_argument_group("what clients may do"))
    _add_limits(parser.add_argument_group("how much clients may use"))
    return parser


def access(options: argparse.Namespace) -> Access:
    """Checks the options about access. Returns the address to listen on, and who may connect."""
    token = None if options.token_file is None else read_token(options.token_file)
    tls = _tls(options)
    address = check_address(options.listen, secured=token is not None or tls is not None)
    if tls is not None and is_unix(address):
        raise InvalidRequestError(
            f"TLS cannot be combined with {address}: data on a Unix socket stays on this machine; leave out TLS"
        )
    if options.lean:
        _check_lean(address, token, tls, options.isolation)
    warnings = []
    if tls is None and not is_loopback(address):
        warnings.append(
            f"without TLS the token and all data are sent to {address} unencrypted; add --tls-cert and --tls-key"
        )
    elif token is None and options.tls_client_ca is None and not is_loopback(address):
        warnings.append(
            f"everybody who reaches {address} can use the environments; add --token-file or --tls-client-ca"
        )
    if tls is not None and (about_key := key_warning(options.tls_cert)):
        warnings.append(about_key)
    return Access(address, token, tls, warnings)


def rules(options: argparse.Namespace) -> Rules:
    """Returns the rules for clients, such as the environments that they may make."""
    return Rules(
        modules=tuple(options.modules),
        env_patterns=tuple(options.allow_env),
        imports=options.allow_import,
        files=options.allow_files,
        calls=options.allow_call,
        human=options.allow_human,
    )


def limits(options: argparse.Namespace) -> Limits:
    """Returns the limits for clients, such as the number of sessions."""
    return Limits(
        max_sessions=options.max_sessions,
        max_envs=options.max_envs,
        max_envs_per_session=options.max_envs_per_session,
        max_processes=options.max_processes,
        max_streams=options.max_streams or options.max_sessions,
        max_message_mib=options.max_message_mib,
        max_frames=options.max_frames,
        max_held_frames=options.max_held_frames,
        session_memory_mib=options.session_memory,
        request_seconds=options.request_seconds,
    )


def host_settings(options: argparse.Namespace) -> HostSettings:
    """Returns the settings for the `Host`, which makes the sessions."""
    return HostSettings(limits(options), rules(options), options.lease_seconds)


def session_log(options: argparse.Namespace) -> SessionLog:
    """Returns the log of the sessions. If the log has a file, this function opens it for appending."""
    name = options.log_file
    if name is None:
        return SessionLog(None if options.managed else sys.stderr)
    if name == "-":
        return SessionLog(sys.stderr)
    try:
        file: TextIO = Path(name).open("a", encoding="utf-8")  # noqa: SIM115 (open until the process ends)
    except OSError as error:
        raise InvalidRequestError(f"--log-file {name} cannot be written: {error.strerror}; choose another") from error
    return SessionLog(file)


def _check_lean(address: str, token: str | None, tls: grpc.ServerCredentials | None, isolation: str | None) -> None:
    if isolation == "process":
        raise InvalidRequestError(
            "--lean cannot be combined with --isolation process: a lean server hosts all sessions in one process; "
            "leave one of the two options out"
        )
    given = [name for name, guard in (("--token-file", token), ("--tls-cert", tls)) if guard is not None]
    if given:
        raise InvalidRequestError(
            f"--lean cannot be combined with {given[0]}: a lean server does not authenticate clients; "
            "leave one of the two options out"
        )
    if not is_loopback(address):
        raise InvalidRequestError(
            f"--lean cannot be combined with {address}, which other machines can reach; use 127.0.0.1:PORT, "
            "[::1]:PORT or unix:PATH, or leave --lean out"
        )


def _tls(options: argparse.Namespace) -> grpc.ServerCredentials | None:
    certificate, key, authority = options.tls_cert, options.tls_key, options.tls_client_ca
    if certificate is None and key is None and authority is None:
        return None
    if certificate is None or key is None:
        raise InvalidRequestError("TLS needs the server's certificate and its key: give both --tls-cert and --tls-key")
    return tls_credentials(certificate, key, authority)


def _add_access(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--token-file",
        metavar="FILE",
        type=Path,
        help="every call must contain the token in this file; see proto/README.md",
    )
    group.add_argument("--tls-cert", metavar="FILE", type=Path, help="serve over TLS with this PEM certificate chain")
    group.add_argument("--tls-key", metavar="FILE", type=Path, help="the PEM private key of --tls-cert")
    group.add_argument(
        "--tls-client-ca",
        metavar="FILE",
        type=Path,
        help="clients must show a certificate that this PEM authority signed",
    )


def _add_rules(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--allow-env",
        metavar="PATTERN",
        action="append",
        default=[],
        help="clients may make only environments with ids that match, e.g. 'CartPole-*'; may be repeated; default: "
        "every registered id",
    )
    group.add_argument("--allow-import", action="store_true", help="clients may name code to import, as in module:Id")
    group.add_argument("--allow-files", action="store_true", help="clients may name files, as in xml_file")
    group.add_argument(
        "--allow-call", action="store_true", help="clients may use attributes and methods of the environments by name"
    )
    group.add_argument(
        "--allow-human",
        action="store_true",
        help='clients may ask for the render mode "human", which opens windows on this machine',
    )


def _add_limits(group: argparse._ArgumentGroup) -> None:
    def add(name: str, default: int | None, text: str, most: int = 1_000_000) -> None:
        whole = functools.partial(_whole_number, most)
        group.add_argument(name, metavar="N", type=whole, default=default, help=text)

    standard = Limits()
    add("--max-sessions", standard.max_sessions, "sessions open at the same time; default: %(default)s")
    add("--max-envs", standard.max_envs, "environments over all sessions; default: %(default)s")
    add("--max-envs-per-session", standard.max_envs_per_session, "environments of one session; default: %(default)s")
    add("--max-processes", standard.max_processes, "environments with their own process; default: %(default)s")
    add("--max-streams", None, "streams open at the same time; default: the value of --max-sessions")
    message = f"size of one message in MiB, at most {_MOST_MESSAGE_MIB}; default: %(default)s"
    add("--max-message-mib", standard.max_message_mib, message, _MOST_MESSAGE_MIB)
    add("--max-frames", standard.max_frames, "pictures that one session renders in all; default: %(default)s")
    held = "rendered pictures that one session keeps until its client fetches them; default: %(default)s"
    add("--max-held-frames", standard.max_held_frames, held)
    memory = "resident memory of a session's process and its child processes, in MiB; default: %(default)s"
    add("--session-memory", standard.session_memory_mib, memory)
    group.add_argument(
        "--request-seconds",
        metavar="S",
        type=_seconds,
        default=standard.request_seconds,
        help="a request that takes longer than S seconds ends its session; default: %(default)g",
    )


def _whole_number(most: int, text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {most}")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1.0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds; give a finite number, at least 1")
    return seconds
