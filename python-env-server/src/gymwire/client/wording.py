# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Rewrites the server's error messages for Python users. The server's texts name requests of the contract, but a Python
user calls methods."""

import re
from collections.abc import Callable

# Patterns and their replacements: first whole instructions, then single names. Names next to a quotation mark or inside
# other names do not change.
_PHRASES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    ("open a new (one with Make|session)", "make a new RemoteEnv or RemoteVectorEnv"),
    ("no render_mode was given in Make", "give the constructor a render_mode"),
    ("send the value that Snapshot returned", "give it as snapshot() returned it"),
    ("send a Reset before the first", "call reset() before the first"),
    ("use ResetRequest.reset_mask", "give it to RemoteVectorEnv.reset, as an array of bool"),
    ("leave reset_mask empty", 'leave options["reset_mask"] out'),
    ("leave it empty to reset all environments", 'leave options["reset_mask"] out to reset all'),
    ("name them in the reset_mask of a Reset before", 'name them in reset(options={"reset_mask": ...}) before'),
    ("make the session with", "make the environment with"),
    ("start the server with a higher", "let the operator start the server (./gymwire serve) with a higher"),
    ("(Make|Reset)Request\\.([a-z_]+)", lambda match: f"the argument {match[2]}"),
    ("AUTORESET_MODE_NEXT_STEP", 'autoreset_mode="NextStep"'),
    ("AUTORESET_MODE_SAME_STEP", 'autoreset_mode="SameStep"'),
    ("AUTORESET_MODE_DISABLED", 'autoreset_mode="Disabled"'),
    ("VECTORIZATION_(A?SYNC)", lambda match: f'vectorization_mode="{match[1].lower()}"'),
    ("(Reset|Step|Render|Snapshot|Restore|Call|Close)", lambda match: f"{match[1].lower()}()"),
    ("Make", "the constructor"),
)
_PATTERNS = [(re.compile(rf"(?<![\w'\"./-])(?:{phrase})(?![\w'\"/-])"), words) for phrase, words in _PHRASES]


def in_python(message: str) -> str:
    """Returns a message of the server in the words of this client."""
    for pattern, words in _PATTERNS:
        message = pattern.sub(words, message)
    return message
