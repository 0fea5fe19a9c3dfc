# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A short run of bench/soak.py passes."""

import subprocess
import sys

from client import TESTS

# The faults that make a request hang, or can do so, are left out. A request that hangs takes --request-seconds, which
# must be long on a busy machine.
CRASHES = ["exit_0", "exit_3", "sys_exit", "abort", "segv", "kill", "print_and_exit"]
FAULTS = [*CRASHES, "use_memory", "use_memory_in_child", "use_memory_in_children", "print", "abandon"]
REQUEST_SECONDS = 600


def test_a_short_run_of_the_program_soak_passes_and_reports_each_fault() -> None:
    patience = ["--request-seconds", str(REQUEST_SECONDS), "--longest-wait", str(REQUEST_SECONDS)]
    soak = subprocess.run(
        [sys.executable, TESTS.parent / "bench" / "soak.py", "--minutes", "0.1", *patience, "--faults", *FAULTS],
        capture_output=True,
        text=True,
        timeout=2 * REQUEST_SECONDS,
        check=False,
    )
    assert soak.returncode == 0, soak.stdout + soak.stderr
    assert soak.stdout.endswith("PASSED\n")
    for fault in FAULTS:
        assert f"\n  {fault}: " in soak.stdout, fault
