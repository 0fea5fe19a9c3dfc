# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes target/ray, the virtual environment with Ray (several hundred megabytes) for the clusters of tests/test_ray.py.

    python3 make_ray.py [VERSION]

The virtual environment has the packages of requirements.lock, so that a server steps environments as in Gymwire's own
virtual environment. It also has Ray: the newest version that pyproject.toml allows, or VERSION. Each call makes the
virtual environment again.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "target" / "ray"
PYTHON = FOLDER / "bin" / "python"


def main() -> None:
    """Makes the virtual environment. Ends this process if that fails."""
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    (ray,) = re.findall(r'"(ray>=[^"]+)"', text)
    if len(sys.argv) > 1:
        ray = f"ray=={sys.argv[1]}"
    shutil.rmtree(FOLDER, ignore_errors=True)
    check(sys.executable, "-I", "-m", "venv", FOLDER)
    pip = (PYTHON, "-I", "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    check(*pip, "--require-hashes", "-r", HERE / "requirements.lock")
    check(*pip, "--no-deps", "--no-build-isolation", "-e", HERE)
    check(*pip, ray)


def check(*command: str | Path) -> None:
    """Runs a command without the caller's Python variables, e.g. PYTHONPATH. Ends this process if the command fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    code = subprocess.call(command, cwd=HERE, env=environment)
    if code:
        sys.exit(f"could not make {FOLDER} (exit code {code}); see above, and check the package index and free space")


if __name__ == "__main__":
    main()
