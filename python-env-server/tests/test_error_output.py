# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of a server's standard error with a reader, with a late reader, and after the reader has gone."""

import os
import subprocess
import sys
import textwrap

SECONDS = 30


def run(program: str, read: bool) -> tuple[str, str]:
    """Runs a program with a pipe as standard error. Reads the pipe immediately if `read` is true, or else after the
    program has printed a line. Returns the standard output (only this line if `read` is false) and the standard
    error."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        # communicate() closes the pipe of standard input. Some programs wait for this, with sys.stdin.read().
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        if read:
            return process.communicate(timeout=SECONDS)
        assert process.stdout is not None
        printed = process.stdout.readline()
        return printed, process.communicate(timeout=SECONDS)[1]
    finally:
        process.kill()
        process.wait(SECONDS)


def test_with_a_reader_everything_arrives_in_order() -> None:
    _, errors = run(
        """
        import os, sys
        from gymwire.server.error_output import ErrorOutput
        output = ErrorOutput()
        for i in range(2000):
            print("line", i, file=sys.stderr)
        os.system("echo from a child >&2")
        output.close(10)
        print("after", file=sys.stderr)
        """,
        read=True,
    )
    assert errors.splitlines() == [*(f"line {i}" for i in range(2000)), "from a child", "after"]


def test_printing_does_not_wait_for_a_late_reader_and_the_loss_of_bytes_is_reported() -> None:
    printed, errors = run(
        """
        import sys
        from gymwire.server.error_output import ErrorOutput
        output = ErrorOutput()
        for _ in range(3000):
            print("x" * 999, file=sys.stderr)
        print("done", flush=True)
        sys.stdin.read()
        output.close(10)
        """,
        read=False,
    )
    assert printed == "done\n"
    lines = errors.splitlines()
    assert lines[0] == "x" * 999
    assert "bytes of standard error were dropped, because nobody read it" in lines[-1]


def test_the_last_lines_of_a_pipe_are_kept() -> None:
    printed, errors = run(
        """
        import os
        from gymwire.server.error_output import ErrorOutput
        output = ErrorOutput()
        writer, words = output.open_pipe()
        os.write(writer, b"".join(b"line %d\\n" % i for i in range(1000)) + b"\\n  the end\\n")
        os.close(writer)
        print(words.complete.wait(10), words.text(), flush=True)
        output.close(10)
        """,
        read=True,
    )
    assert printed == "True line 998 / line 999 / the end\n"
    assert errors.count("line") == 1000


def test_a_program_goes_on_after_the_reader_of_its_standard_error_has_gone() -> None:
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\nfrom gymwire.server.error_output import ErrorOutput\noutput = ErrorOutput()\n"
            "sys.stdin.read()\nprint('into the void', file=sys.stderr)\noutput.close(10)",
        ],
        stdin=subprocess.PIPE,
        stderr=writer,
    )
    os.close(writer)
    os.close(reader)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(SECONDS) == 0
