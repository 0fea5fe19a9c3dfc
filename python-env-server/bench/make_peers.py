# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Prepares bench/.venv, a virtual environment with the libraries that `./gymwire bench --peers` compares with Gymwire.

This program runs with the server's Python. It does nothing if a Python of the same minor version has already made the
virtual environment in this folder from the current lock file. The exit code is 0 if the virtual environment is ready,
130 after Ctrl-C, and otherwise 1 with a message on standard error.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements-peers.lock"
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "gymwire-stamp"
LOG = HERE.parent / "target" / "peers.log"


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            f"the peers need Python 3.11 or newer, this is {sys.version.split()[0]}; "
            "set GYMWIRE_PYTHON to a newer Python"
        )
    key = hashlib.sha256(LOCK.read_bytes() + f"{sys.version_info[:2]} {HERE}".encode()).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == key:
        return
    print(
        f"Setting up the peers' Python environment in {VENV} (PyTorch takes minutes and some GB)...",
        file=sys.stderr,
        flush=True,
    )
    if VENV.exists():
        shutil.rmtree(VENV)
    venv.EnvBuilder(symlinks=os.name != "nt", with_pip=True).create(VENV)
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        command = [PYTHON, "-I", "-m", "pip", "install", "--require-hashes", "-r", LOCK]
        code = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    if code != 0:
        sys.exit(f"could not install the peers (exit code {code}); check the package index and free space, see {LOG}")
    STAMP.write_text(key)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
