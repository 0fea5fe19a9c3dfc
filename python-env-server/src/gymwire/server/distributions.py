# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists the Python distributions (installed packages) that define an environment: the distributions that contain its
code, and the requirements of these distributions."""

import contextlib
import hashlib
import importlib.metadata
import json
import re
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution
from pathlib import Path
from types import ModuleType
from typing import Any

import gymnasium

_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OWN = "gymwire"


def distributions(env: gymnasium.Env[Any, Any], imported: Iterable[str]) -> dict[str, str]:
    """Returns the versions of the distributions that define an environment, by name, sorted.

    A distribution is included if it has files in the top-level package of one of the following modules. The
    requirements of included distributions are included too.

    - a module that defines the environment's class, a wrapper's class, or a base class of these classes;
    - a module that is a global variable of such a module (after `import x`, not after `from x import function`);
    - a module in `imported`.

    Gymwire itself is left out. If one of these modules belongs to an editable distribution, a hash follows the version.
    The hash covers all Python files in the module's top-level package that can be read. (A top-level module that is no
    package has only one file.) A module without a distribution has only the hash.
    """
    modules = {name.partition(".")[0] for name in (*_modules(env), *imported)} - {"", _OWN, *sys.stdlib_module_names}
    providers = importlib.metadata.packages_distributions()
    # Leftovers of removed distributions have no name.
    installed = {_normalized(each.name): each for each in importlib.metadata.distributions() if each.name}
    versions: dict[str, str] = {}
    found: dict[str, Distribution] = {}
    editable: dict[str, list[str]] = {}  # from the name of each editable distribution to its modules
    for module in sorted(modules):
        names = {_normalized(name) for name in providers.get(module, ())} or _editable(module, installed)
        found.update((name, installed[name]) for name in names if name in installed)
        if not names:
            versions[module] = _hash_of(module)
        for name in names:
            if name in installed and _editable_folder(installed[name]):
                editable.setdefault(name, []).append(module)
    for name, its_modules in editable.items():
        versions[name] = f"{installed[name].version} {_hash_of(*its_modules)}"
    for name, each in _with_requirements(found, installed).items():
        versions.setdefault(name, each.version)
    versions.pop(_OWN, None)
    return dict(sorted(versions.items()))


def _modules(env: gymnasium.Env[Any, Any]) -> Iterable[str]:
    """Returns the names of the modules that define the environment's class, its wrappers' classes and the base classes
    of these classes. Also returns the names of the modules that are global variables of those modules."""
    layer: Any = env
    while True:
        for base in type(layer).__mro__:
            yield base.__module__
            if base.__module__.partition(".")[0] not in sys.stdlib_module_names:
                # A module that was loaded from a file without an import is not in sys.modules. Then the variables of
                # the class are searched instead.
                # The list is a copy, because another thread can add variables.
                for value in list(vars(sys.modules.get(base.__module__, base)).values()):
                    yield value.__name__ if isinstance(value, ModuleType) else ""
        if layer is env.unwrapped or not hasattr(layer, "env"):
            return
        layer = layer.env


def _with_requirements(
    roots: Mapping[str, Distribution], installed: Mapping[str, Distribution]
) -> dict[str, Distribution]:
    """Returns the roots and their direct and indirect requirements, without the requirements of extras."""
    found = dict(roots)
    left = list(roots.values())
    while left:
        for requirement in left.pop().requires or ():
            match = _REQUIREMENT.match(requirement)
            name = _normalized(match.group()) if match else ""
            is_extra = re.search(r"\bextra\s*==", requirement) is not None
            if name in installed and name not in found and not is_extra:
                found[name] = installed[name]
                left.append(installed[name])
    return found


def _editable(module: str, installed: Mapping[str, Distribution]) -> set[str]:
    """Returns a set with the editable distribution whose folder contains a module, or an empty set. If several folders
    contain the module, the innermost folder is used. This function is needed because some editable distributions do not
    list their modules."""
    files = _sources(module)
    folders = {
        folder: name
        for name, each in installed.items()
        if name != _OWN and (folder := _editable_folder(each)) and files and files[0].is_relative_to(folder)
    }
    return {folders[max(folders, key=lambda folder: len(folder.parts))]} if folders else set()


def _editable_folder(distribution: Distribution) -> Path | None:
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    if not origin.get("dir_info", {}).get("editable"):
        return None
    return Path(urllib.request.url2pathname(urllib.parse.urlparse(origin["url"]).path)).resolve()


def _hash_of(*modules: str) -> str:
    digest = hashlib.sha256()
    for path in (path for module in modules for path in _sources(module)):
        # An editor can leave a link without a target, such as Emacs' `.#arm.py`, and another user's file can be
        # unreadable.
        with contextlib.suppress(OSError):
            if path.is_file():
                digest.update(f"{path.name} ".encode() + path.read_bytes())
    return f"sha256:{digest.hexdigest()[:16]}"


def _sources(module: str) -> list[Path]:
    """Returns a module's own file, or the Python files of a package, sorted."""
    loaded = sys.modules.get(module)
    origin = getattr(loaded, "__file__", None)
    if origin is None:
        # A namespace package has folders and no file of its own.
        folders = [Path(folder).resolve() for folder in getattr(loaded, "__path__", [])]
        return sorted(path for folder in folders for path in folder.rglob("*.py"))
    path = Path(origin).resolve()
    return sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
