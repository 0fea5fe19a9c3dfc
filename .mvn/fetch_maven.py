# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Fetches one fixed version of Maven into the cache if it is missing there, and prints the path of the command mvn.

The Maven distribution is an artifact in a Maven repository. The small Python package jgo downloads this artifact. pip
checks the hashes of jgo and of the packages that jgo needs, and installs them into a temporary environment. The
downloaded archive must have the SHA-512 below. MVNW_REPOURL names another Maven repository to download from. The exit
code is 0 with the path on standard output, or 1 with an error message.
"""

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

MAVEN_VERSION = "3.9.11"
MAVEN_SHA512 = (
    "bcfe4fe305c962ace56ac7b5fc7a08b87d5abd8b7e89027ab251069faebee516"
    "b0ded8961445d6d91ec1985dfe30f8153268843c89aa392733d1a3ec956c9978"
)
REQUIREMENTS = Path(__file__).with_name("fetch_maven.lock")
DOWNLOAD_TIMEOUT_SECONDS = 60
LOG_TAIL_LINES = 4
# Settings of pip that are meant for another Python or folder, as in python-env-server/bootstrap.py.
FOREIGN_PIP = (
    "PIP_BUILD_CONSTRAINT",
    "PIP_CONSTRAINT",
    "PIP_PREFIX",
    "PIP_PYTHON",
    "PIP_REQUIREMENT",
    "PIP_ROOT",
    "PIP_TARGET",
)

# DOWNLOAD is a program that runs in the temporary environment. Its arguments are the version, the folder for the
# download, and the repository address or "".
DOWNLOAD = f"""
import pathlib, sys
from jgo.maven import MavenContext
version, folder, address = sys.argv[1:]
repositories = {{"MVNW_REPOURL": address}} if address else None
context = MavenContext(
    repo_cache=pathlib.Path(folder), local_repos=[], remote_repos=repositories, timeout={DOWNLOAD_TIMEOUT_SECONDS}
)
project = context.project("org.apache.maven", "apache-maven")
print(project.at_version(version).artifact("bin", "tar.gz").resolve())
"""


def main() -> None:
    cache = cache_folder()
    maven = cache / f"apache-maven-{MAVEN_VERSION}"
    try:
        if not maven.exists():
            sys.stderr.write(f"Fetching Maven {MAVEN_VERSION} into {cache}...\n")
            fetch(cache, maven)
    except OSError as error:
        sys.exit(
            f"Maven {MAVEN_VERSION} could not be put into {cache} ({error}); set GYMWIRE_CACHE to a folder that you "
            "can write, or install Maven 3.8 or newer (Debian, Ubuntu: apt-get install maven)."
        )
    print(maven / "bin" / "mvn")


def cache_folder() -> Path:
    chosen = os.environ.get("GYMWIRE_CACHE")
    if chosen:
        return Path(chosen)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gymwire"
    except RuntimeError as error:
        sys.exit(f"There is no folder for Maven {MAVEN_VERSION} ({error}); set GYMWIRE_CACHE to a folder for it.")


def fetch(cache: Path, maven: Path) -> None:
    """Downloads and unpacks Maven in a temporary folder, and then moves it to its place."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        unpacked = unpack(download(Path(folder)), Path(folder))
        try:
            unpacked.rename(maven)
        except OSError:
            # If Maven is there now, another build put it there first. Otherwise the renaming really failed.
            if not maven.exists():
                raise


def download(folder: Path) -> Path:
    """Downloads the distribution archive, checks its hash, and returns its path."""
    try:
        venv.create(folder / "venv", with_pip=True, symlinks=os.name != "nt")
    except subprocess.CalledProcessError:
        sys.exit(
            f"Python at {sys.executable} cannot make a virtual environment; install its venv module (Debian, Ubuntu: "
            f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv), or install Maven 3.8 or newer."
        )
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run([python, "-I", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", REQUIREMENTS])
    address = os.environ.get("MVNW_REPOURL", "").rstrip("/")
    output = run([python, "-I", "-c", DOWNLOAD, MAVEN_VERSION, folder / "repository", address])
    archive = Path(output.splitlines()[-1])
    found = hashlib.sha512(archive.read_bytes()).hexdigest()
    if found != MAVEN_SHA512:
        sys.exit(f"The downloaded {archive.name} has SHA-512 {found}, expected {MAVEN_SHA512}; it was not used.")
    return archive


def run(command: list[object]) -> str:
    variables = {name: value for name, value in os.environ.items() if name not in FOREIGN_PIP}
    # A pip.conf with "user = true" would otherwise make the installation fail.
    variables["PIP_USER"] = "0"
    result = subprocess.run(
        [str(part) for part in command], env=variables, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if line.strip() and "WARNING: Retrying" not in line]
        tail = "\n  ".join(lines[-LOG_TAIL_LINES:])
        sys.exit(
            f"Could not fetch Maven {MAVEN_VERSION}; check that the package indexes can be reached, "
            f"or install Maven 3.8 or newer (Debian, Ubuntu: apt-get install maven):\n  {tail}"
        )
    return result.stdout


def unpack(archive: Path, folder: Path) -> Path:
    target = folder / "unpacked"
    # In early releases of Python 3.10 and 3.11, tarfile has no extraction filters. No filter is needed there, because
    # the archive's hash is checked.
    options = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(archive) as tar:
        tar.extractall(target, **options)
    return target / f"apache-maven-{MAVEN_VERSION}"


if __name__ == "__main__":
    main()
