# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The Python client rewrites the server's error messages with the names that a Python user types."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gymwire.server
from gymwire.client.errors import to_exception
from gymwire.client.wording import in_python
from gymwire.v1 import environment_service_pb2 as pb

SOURCES = Path(gymwire.server.__file__).parent
# Names of the protocol that a Python user never types.
WIRE_NAMES = re.compile(
    r"\b(Make|Reset|Step|Render|Snapshot|Restore|Call|Close)\b(?!\()|AUTORESET_|VECTORIZATION_|(Make|Reset)Request"
)
# Only programs that build protocol messages themselves get these error messages.
FOR_WRITERS_OF_CLIENTS = re.compile(r"^an? (InteractRequest|CallRequest) contains no ")


def error_messages() -> Iterator[str]:
    """Yields the error messages in the server's sources, with {} instead of values."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                for argument in node.exc.args:
                    text = _text(argument)
                    if " " in text and not FOR_WRITERS_OF_CLIENTS.match(text):
                        yield text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def test_no_rewritten_error_message_contains_a_name_of_the_protocol() -> None:
    found = list(error_messages())
    assert any("open a new one with Make" in text for text in found)
    assert [in_python(text) for text in found if WIRE_NAMES.search(in_python(text))] == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "the session 'a1' is closed; open a new one with Make",
            "the session 'a1' is closed; make a new RemoteEnv or RemoteVectorEnv",
        ),
        (
            "the session was never reset; send a Reset before the first Step",
            "the session was never reset; call reset() before the first step()",
        ),
        (
            "use MakeRequest.max_episode_steps; the arguments contain 'MakeRequest.max_episode_steps'",
            "use the argument max_episode_steps; the arguments contain 'MakeRequest.max_episode_steps'",
        ),
        ("no environment 'Reset-v0' or Step-v1; near: Make/Call-v0", None),
        ("the action of environment 0 is 'Reset'", None),
        ("it makes a Stepper and Renders", None),
    ],
)
def test_names_of_the_protocol_are_rewritten_unless_they_are_quoted_or_part_of_another_name(
    sentence: str, expected: str | None
) -> None:
    assert in_python(sentence) == (expected or sentence)


def test_the_message_of_an_environments_own_error_is_unchanged() -> None:
    detail = pb.ErrorDetail(code=2, message="environment 0 failed: Reset before Step", exception_class="RuntimeError")
    error = to_exception(detail, "step")
    assert isinstance(error, RuntimeError)
    assert str(error) == detail.message
