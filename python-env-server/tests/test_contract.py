# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The tool buf checks the contract's style. It also checks that programs built with the last release still understand
the contract."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROTO = Path(__file__).parents[2] / "proto"
BASELINE = PROTO / "baseline" / "gymwire-v1.binpb"
BUF = Path(sys.executable).with_name("buf.exe" if sys.platform == "win32" else "buf")


def buf(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs buf on a folder that contains the contract and its buf.yaml."""
    return subprocess.run([BUF, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def changed(folder: Path, old: str, new: str) -> Path:
    """Copies the contract to `folder`, with one place in value.proto changed; returns the folder."""
    shutil.copy(PROTO / "buf.yaml", folder)
    shutil.copytree(PROTO / "gymwire", folder / "gymwire")
    file = folder / "gymwire" / "v1" / "value.proto"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_the_contract_follows_the_standard_style_rules() -> None:
    result = buf(PROTO, "lint")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


def test_no_change_breaks_programs_built_with_the_last_release() -> None:
    result = buf(PROTO, "breaking", "--against", str(BASELINE))
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


def test_an_added_field_breaks_no_program(tmp_path: Path) -> None:
    folder = changed(tmp_path, "  int32 max_length = 3;\n", "  int32 max_length = 3;\n  int32 added = 4;\n")
    assert buf(folder, "breaking", "--against", str(BASELINE)).returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("int32 max_length = 3;", "int64 max_length = 3;", 'from "int32" to "int64"'),
        ("int32 max_length = 3;", "int32 max_length = 4;", 'field "3"'),
        ("int32 max_length = 3;", "int32 room = 3;", '"max_length" to "room"'),
        ("DTYPE_FLOAT16 = 10;", "DTYPE_HALF = 10;", '"DTYPE_FLOAT16" to "DTYPE_HALF"'),
    ],
    ids=["type", "number", "name", "enum value"],
)
def test_changes_that_break_programs_are_found(tmp_path: Path, old: str, new: str, finding: str) -> None:
    result = buf(changed(tmp_path, old, new), "breaking", "--against", str(BASELINE))
    assert result.returncode == 100
    assert finding in result.stdout
