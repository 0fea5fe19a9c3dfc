# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the server's tests against the oldest or the newest Gymnasium and MuJoCo that pyproject.toml allows.

    python3 try_versions.py floor|ceiling [--short] [--folder FOLDER] [PYTEST ARGUMENT ...]

floor uses the lowest versions that pyproject.toml allows. ceiling uses the newest allowed versions that the package
index has. All other packages except pygame and pygame-ce have the versions of the lock file. The Python that runs this
file makes a new virtual environment in target/versions (or FOLDER). test_packaging.py and test_bootstrap.py do not run.
--short runs only the tests that depend most on these versions. They take half a minute after the virtual environment is
made. All other arguments go to pytest. The exit code is 0 if all tests pass.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TRIED = ("gymnasium", "mujoco")
# Gymnasium 1.3 replaced pygame by pygame-ce, so these packages do not get the versions of the lock file either.
DEPENDENT = ("pygame", "pygame-ce")
SHORT = [
    *(f"tests/test_{name}.py" for name in ("spaces", "samples", "codec", "snapshot_states")),
    *("tests/test_bridge.py", "-k", "not test_trajectories or 1-no-infos"),
]
# test_packaging.py makes virtual environments of its own. test_bootstrap.py uses neither Gymnasium nor MuJoCo.
APART = [f"--ignore=tests/test_{name}.py" for name in ("packaging", "bootstrap")]


def main() -> int:
    """Makes the virtual environment and runs the tests; returns pytest's exit code."""
    # Unknown arguments go to pytest; without allow_abbrev=False, argparse would take some of them as abbreviations.
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("end", choices=["floor", "ceiling"])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--folder", type=Path)
    options, arguments = parser.parse_known_args()
    name = f"{options.end}-{sys.version_info.major}.{sys.version_info.minor}"
    folder = (options.folder or HERE / "target" / "versions" / name).resolve()
    python = make_environment(folder, options.end)
    return run(
        python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *APART, *(SHORT if options.short else []), *arguments
    )


def make_environment(folder: Path, end: str) -> Path:
    """Makes a virtual environment in the folder, and returns the path of its interpreter. The virtual environment has
    the server and what the server's tests need. If an earlier call has made the folder (it contains the file of
    constraints), the folder is removed first."""
    constraints = folder / "try-versions-constraints.txt"
    if constraints.exists():
        shutil.rmtree(folder)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        sys.exit(f"{folder} is a file, or has files that this script did not make; give a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    constraints.write_text("\n".join(others_of_the_lock()) + "\n", encoding="utf-8")
    wanted = [f"{package}=={lowest(package)}" for package in TRIED] if end == "floor" else []
    check(run(sys.executable, "-I", "-m", "venv", folder / "venv"))
    python = folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = (python, "-I", "-m", "pip", "--disable-pip-version-check")
    check(run(*pip, "install", "--quiet", "-c", constraints, f"{HERE}[build,dev,mujoco,server]", *wanted))
    print(*installed(python), sep=", ", flush=True)
    return python


def others_of_the_lock() -> list[str]:
    """Returns the requirements of the lock file, except the packages in TRIED and DEPENDENT. Hashes are left out."""
    text = (HERE / "requirements-dev.lock").read_text(encoding="utf-8")
    lines = re.findall(r"^([a-z0-9-]+)(==.*?) \\$", text, re.MULTILINE)
    return [name + rest for name, rest in lines if name not in TRIED + DEPENDENT]


def lowest(package: str) -> str:
    """Returns the lowest version of a package that pyproject.toml allows."""
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    (version,) = re.findall(rf'"{package}>=([0-9.]+)', text)
    return version


def installed(python: Path) -> list[str]:
    """Returns the name and version of Python, of each package in TRIED, and of numpy."""
    code = "import importlib.metadata as m, sys; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep='\\n')"
    lines = subprocess.run([python, "-I", "-c", code, *TRIED, "numpy"], check=True, capture_output=True, text=True)
    return [f"Python {sys.version.split()[0]}", *lines.stdout.splitlines()]


def run(*command: str | Path) -> int:
    """Runs a command without the caller's Python variables, such as PYTHONPATH; returns the exit code."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.call(command, cwd=HERE, env=environment)


def check(exit_code: int) -> None:
    """Ends this process if a command has failed; the command has printed the reason."""
    if exit_code:
        sys.exit(exit_code)


if __name__ == "__main__":
    sys.exit(main())
