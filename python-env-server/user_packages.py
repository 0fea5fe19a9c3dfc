# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Records the packages that users have added to bootstrap.py's virtual environment, and installs them after a rebuild.

The folder .user-packages beside this file contains packages.json, a list of entries. For each package that was
installed from a local path and is not editable, the folder also contains a wheel built from that path, unless the build
failed. An entry has the name, the version, the argument for pip ("requirement", or "editable" for the path of an
editable installation) and a hash of the installed files ("content"). An entry can also have the path of the wheel
("wheel"), whether the package is missing now ("missing"), and whether its version replaces the locked version
("unlocked").
"""

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Entry = dict[str, Any]

# These are not users' packages: pip, setuptools and wheel (pip builds packages with them), and Gymwire itself.
_NOT_OF_USERS = frozenset({"pip", "setuptools", "wheel", "gymwire"})
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)\s*(;[^\\]*)?", re.MULTILINE)
_PIP_COMMANDS = frozenset(
    [
        "cache",
        "check",
        "completion",
        "config",
        "debug",
        "download",
        "freeze",
        "hash",
        "help",
        "index",
        "inspect",
        "install",
        "list",
        "lock",
        "search",
        "show",
        "uninstall",
        "wheel",
    ]
)


def normalized(name: str) -> str:
    """Returns a distribution's name in the form that package indexes compare."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(venv: Path) -> dict[str, importlib.metadata.Distribution]:
    """Returns the distributions in a virtual environment by name; an empty dict if the folder does not exist."""
    folders = [*venv.glob("lib/python*/site-packages"), *venv.glob("Lib/site-packages")]
    found = importlib.metadata.distributions(path=[str(folder) for folder in folders])
    return {normalized(each.name): each for each in found if each.name}


def command_index(arguments: Sequence[str]) -> int:
    """Returns the index of pip's command in pip's arguments, or the number of arguments if none is a command. The
    first argument without a dash is not always the command: it can be an option's value, as in
    "--timeout 5 install PACKAGE"."""
    return next((i for i, argument in enumerate(arguments) if argument in _PIP_COMMANDS), len(arguments))


def versions(venv: Path) -> dict[str, str]:
    """Returns the versions of the distributions in a virtual environment, except those in _NOT_OF_USERS."""
    return {name: each.version for name, each in installed(venv).items() if name not in _NOT_OF_USERS}


def locked_names(lock: Path) -> set[str]:
    """Returns the names in a lock file."""
    return {normalized(match[1]) for match in _LOCKED.finditer(lock.read_text(encoding="utf-8"))}


def write_constraints(path: Path, lock: Path, unlocked: Mapping[str, str]) -> None:
    """Writes the versions of a lock file as constraints for pip; unlocked packages keep their current versions."""
    lines = []
    for name, version, marker in _LOCKED.findall(lock.read_text(encoding="utf-8")):
        lines.append(f"{name}=={unlocked.get(normalized(name), version)} {marker.strip()}".strip())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class UserPackages:
    """The record of the packages that users have added, in its own folder."""

    def __init__(self, folder: Path, pip: Callable[[list[str]], bool], say: Callable[[str], None]) -> None:
        """Opens the record; `pip` runs pip in the virtual environment and returns whether it succeeded."""
        self._folder = folder
        self._file = folder / "packages.json"
        self._pip = pip
        self._say = say

    def entries(self) -> list[Entry]:
        """Returns the recorded entries, sorted by name."""
        return json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else []

    def unlocked(self) -> dict[str, str]:
        """Returns the versions that replace locked versions, by the packages' names."""
        return {entry["name"]: entry["version"] for entry in self.entries() if entry.get("unlocked")}

    def record(
        self, venv: Path, locked: Mapping[str, str], unlocking: bool = False, forget: Iterable[str] = ()
    ) -> None:
        """Records what is in a virtual environment in addition to the locked versions.

        A version that differs from the locked version is recorded as unlocked if `unlocking` is true or if the package
        was already unlocked. Packages that are marked as missing stay recorded, except the packages in `forget`.
        """
        before = {entry["name"]: entry for entry in self.entries()}
        now = []
        for name, distribution in sorted(installed(venv).items()):
            changed = name in locked and locked[name] != distribution.version
            is_wanted = unlocking or before.get(name, {}).get("unlocked")
            if name not in _NOT_OF_USERS and (name not in locked or (changed and is_wanted)):
                entry = self._entry(name, distribution, before.get(name, {}))
                now.append({**entry, "unlocked": True} if changed else entry)
        names = {entry["name"] for entry in now} | {normalized(name) for name in forget}
        now += [entry for entry in before.values() if entry.get("missing") and entry["name"] not in names]
        self._write(now)

    def restore(self) -> None:
        """Installs the recorded packages. A package that cannot be installed is reported and marked as missing."""
        entries = self.entries()
        if not entries:
            return
        self._say(f"Installing the added packages again: {', '.join(entry['name'] for entry in entries)}...")
        together = self._installs(entries)
        for entry in entries:
            entry["missing"] = not (together or self._installs([entry]))
        self._write(entries)
        for entry in entries:
            if entry["missing"]:
                what = entry.get("editable") or entry["requirement"]
                self._say(
                    f"Not installed again: {entry['name']} {entry['version']}, because {what} cannot be installed; "
                    f"install it yourself, or remove it from the record with ./gymwire pip uninstall {entry['name']}"
                )

    def _installs(self, entries: list[Entry]) -> bool:
        arguments = []
        for entry in entries:
            requirement = entry.get("requirement", "")
            if entry.get("wheel"):
                requirement = str(self._folder / entry["wheel"])
            arguments += ["-e", entry["editable"]] if "editable" in entry else [requirement]
        return self._pip(["install", "--no-deps", *arguments])

    def _entry(self, name: str, distribution: importlib.metadata.Distribution, before: Entry) -> Entry:
        content = _content(distribution)
        entry: Entry = {"name": name, "version": distribution.version, "content": content}
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
        url = origin.get("url", "")
        if not url:
            return {**entry, "requirement": f"{name}=={distribution.version}"}
        if not url.startswith("file:") or origin.get("vcs_info"):
            vcs = origin.get("vcs_info")
            source = f"{vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else url
            if origin.get("subdirectory"):
                source += f"#subdirectory={origin['subdirectory']}"
            return {**entry, "requirement": f"{name} @ {source}"}
        path = urllib.request.url2pathname(urllib.parse.urlparse(url).path)
        if origin.get("dir_info", {}).get("editable"):
            return {**entry, "editable": path}
        wheel = self._folder / before["wheel"] if before.get("wheel") else None
        unchanged = (before.get("version"), before.get("content")) == (distribution.version, content)
        if wheel and wheel.exists() and (unchanged or Path(path).resolve() == wheel.resolve()):
            # After a rebuild, pip reports the path of the wheel. The entry keeps the path of the first installation.
            return {**entry, "requirement": before["requirement"], "wheel": before["wheel"]}
        return {**entry, "requirement": path, **self._keep_wheel(name, path)}

    def _keep_wheel(self, name: str, path: str) -> Entry:
        """Builds a wheel from a local path, which may no longer exist at a rebuild. Returns the wheel's path as a part
        of an entry; empty if the wheel cannot be built."""
        place, new = self._folder / name, self._folder / f"{name}.new"
        shutil.rmtree(new, ignore_errors=True)
        if self._pip(["wheel", "--no-deps", "--wheel-dir", str(new), path]):
            shutil.rmtree(place, ignore_errors=True)
            new.rename(place)
            return {"wheel": next(place.glob("*.whl")).relative_to(self._folder).as_posix()}
        self._say(
            f"No wheel of {name} could be made from {path}: a rebuild can install {name} only while the path exists."
        )
        return {}

    def _write(self, entries: list[Entry]) -> None:
        if not entries and not self._file.exists():
            return
        self._folder.mkdir(exist_ok=True)
        partial = self._file.with_suffix(".part")
        text = json.dumps(sorted(entries, key=lambda entry: entry["name"]), indent=1)
        partial.write_text(text + "\n", encoding="utf-8")
        os.replace(partial, self._file)
        names = {entry["name"] for entry in entries}
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name not in names:
                shutil.rmtree(folder)


def _content(distribution: importlib.metadata.Distribution) -> str:
    """Returns a hash of the files that a distribution has installed. The hash leaves out bytecode and all metadata
    except the entry points."""
    lines = (distribution.read_text("RECORD") or "").splitlines()
    own = sorted(
        line
        for line in lines
        if "__pycache__/" not in line and (".dist-info/" not in line or ".dist-info/entry_points.txt," in line)
    )
    return hashlib.sha256("\n".join(own).encode()).hexdigest()
