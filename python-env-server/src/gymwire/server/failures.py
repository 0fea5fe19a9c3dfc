# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Translates an exception into the ``ErrorDetail`` that the client receives."""

import contextlib
import errno
import logging
import traceback
from collections.abc import Callable, Iterator

from gymwire.server.errors import EnvironmentRaisedError, MethodReadError, QuotaError, ReportedError
from gymwire.status import Code
from gymwire.v1 import environment_service_pb2 as pb

_LOG = logging.getLogger(__name__)

# An environment's code can raise any exception, also one that derives only from BaseException: SystemExit, an
# asyncio.CancelledError, or the PanicException of a library in Rust. The server answers all of them with an error,
# except these: Ctrl-C, and the end of a generator.
PASSED_ON = (KeyboardInterrupt, GeneratorExit)

# Most clients limit trailing metadata (which gRPC sends at the end of a call) to 8 KiB. The metadata contains the
# message. There, each "%" and each byte that is not printable ASCII takes three characters. The metadata also contains
# the ErrorDetail in base 64, which contains the message again.
_MAX_MESSAGE_BYTES = 1000
_MAX_TRACEBACK_BYTES = 2500
_MAX_CLASS_BYTES = 100


def ends_session(error: Exception) -> bool:
    """Returns whether an error ends the session. An error ends the session if the environments have ended or may be
    broken. It also ends the session if they were stepped, reset or restored, and the client cannot get the results."""
    return getattr(error, "ends_session", False) is True


def close_quietly(close: Callable[[], None]) -> None:
    """Calls a function that closes environments. Only logs an exception of these environments: the caller reports the
    earlier exception that made it close them."""
    try:
        close()
    except PASSED_ON:
        raise
    except BaseException:
        _LOG.warning("an environment failed to close", exc_info=True)


@contextlib.contextmanager
def checked_open_files() -> Iterator[None]:
    """Raises a QuotaError instead of an OSError which says that too many files are open."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EMFILE, errno.ENFILE):
            raise
        raise QuotaError(
            f"no process for the session could be started ({error.strerror}); close a session, or raise the limit of "
            "open files before the server is started (ulimit -n NUMBER)"
        ) from error


def describe_failure(error: Exception) -> pb.ErrorDetail:
    """Returns the description of a failure for the client; the caller sets `session_alive`. A defect of the server is
    logged."""
    if isinstance(error, ReportedError):
        return error.detail
    code = _code(error)
    message = text_of(error)
    if code is Code.INTERNAL:
        _LOG.error("a request failed because of a defect in the server", exc_info=error)
        message = f"the server failed: {describe(error)}; its log has the traceback"
    cause = error if error.__cause__ is None else error.__cause__
    detail = pb.ErrorDetail(
        code=code,
        message=_shortened(message),
        exception_class=_class_text(class_name(cause)),
        is_method=isinstance(error, MethodReadError),
    )
    if isinstance(error, EnvironmentRaisedError):
        if error.exception_class:
            detail.exception_class = _class_text(error.exception_class)
        text = error.traceback or traceback_text(cause)
        detail.traceback = _unicode(text)[-_MAX_TRACEBACK_BYTES:].decode(errors="ignore")
    env_index = getattr(error, "env_index", None)
    if env_index is not None:
        detail.env_index = env_index
    return detail


def describe(error: BaseException) -> str:
    """Returns the exception's class and text on one line. If there is no text, the place that raised the exception
    follows the class."""
    text = " ".join(text_of(error).split())
    return f"{type(error).__name__}: {text}" if text else f"{type(error).__name__}{_place(error)}"


def text_of(error: BaseException) -> str:
    """Returns the text of an exception; a remark if its own ``__str__`` raises an exception."""
    try:
        return str(error)
    except Exception as failure:
        return f"(no text: its __str__ raised {type(failure).__name__})"


def _place(error: BaseException) -> str:
    """Returns where an exception was raised, as " in NAME, FILE line N: CODE", without CODE when FILE cannot be read;
    empty when the place is not known."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f" in {last.name}, {last.filename} line {last.lineno}" + (f": {last.line}" if last.line else "")


def first_line(message: str) -> str:
    """Returns the first line of a message, shortened, for a log or a later message."""
    return _shortened(message.split("\n", 1)[0])


def class_name(error: BaseException) -> str:
    """Returns the name of an exception's class, with its module if it is not built in; empty for Gymwire's own
    classes."""
    kind = type(error)
    if kind.__module__.startswith("gymwire."):
        return ""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def traceback_text(error: BaseException) -> str:
    """Returns the traceback as Python prints it."""
    return "".join(traceback.format_exception(error))


def _code(error: Exception) -> Code:
    code = getattr(error, "code", None)
    if isinstance(code, Code):
        return code
    # The codec raises ValueError for a malformed message.
    return Code.INVALID_ARGUMENT if isinstance(error, ValueError) else Code.INTERNAL


def _class_text(name: str) -> str:
    return _unicode(name)[:_MAX_CLASS_BYTES].decode(errors="ignore")


def _shortened(message: str) -> str:
    return _unicode(message)[:_MAX_MESSAGE_BYTES].decode(errors="ignore")


def _unicode(text: str) -> bytes:
    # An environment's exception may contain lone surrogates (halves of a UTF-16 character). Protobuf refuses them in
    # a string.
    return text.encode(errors="replace")
