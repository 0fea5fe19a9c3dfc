# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: B904, RUF005, UP031, UP036
"""Prepares python-env-server/.venv: packages from the lock file, and Gymwire itself with its generated messages.

    python3 bootstrap.py [--dev] [--quiet]
    python3 bootstrap.py pip [--unlock] ARGUMENTS...

The second form runs pip in the virtual environment. Packages added in this way are installed again after every rebuild.
Packages of the lock file change their versions only with --unlock.

--dev adds what the tests need. A call without --dev accepts a virtual environment with these additions too. --quiet
prints no progress. There are three stages: the packages of the lock file, Gymwire itself, and the added packages. A
file in the virtual environment, the stamp, records the inputs of each stage. A second call therefore does nothing, and
a call after an interruption continues. A ready virtual environment is used with every version of Python that runs this
file, with one exception: if the variable GYMWIRE_PYTHON is set, and the version that runs this file is not that of the
environment, the environment is made again. If a new virtual environment replaces another, the old one is kept until the
new one has Gymwire, and is put back after a failure. The exit code is 0 when the virtual environment is ready, 130
after Ctrl-C, and otherwise 1 with a message on standard error. In the second form, if pip has run to its end, pip's
exit code becomes the exit code of this script. There is one exception: the exit code is 1 if pip succeeded, but changed
locked versions without --unlock. These versions are then restored. This file uses only syntax that Python 2.7 parses,
so that an old interpreter prints a clear message and not a syntax error.
"""

import sys

if sys.version_info < (3, 10):
    sys.exit(
        "Gymwire needs Python 3.10 or newer, this is %d.%d at %s; install it or set GYMWIRE_PYTHON to a newer python."
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

import errno
import hashlib
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
PROTO = os.path.join(os.path.dirname(HERE), "proto")
SOURCE = os.path.join(HERE, "src")
VENV = os.path.join(HERE, ".venv")
VENV_PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
STAMP_NAME = "gymwire-stamp.json"
STAMP = os.path.join(VENV, STAMP_NAME)
WORK = os.path.join(HERE, "target")
OLD_VENV = os.path.join(WORK, "old-venv")
LOG = os.path.join(WORK, "bootstrap.log")
CONSTRAINTS = os.path.join(WORK, "constraints.txt")
USER_PACKAGES = os.path.join(HERE, ".user-packages")
LOG_TAIL_LINES = 5
# The commands of pip that change the virtual environment, and those that must keep to the locked versions.
CHANGING = ("install", "uninstall")
CONSTRAINED = ("install", "wheel", "download")
# Settings of pip that say where it installs and which versions. .mvn/fetch_maven.py has the same list.
FOREIGN_PIP = (
    "PIP_BUILD_CONSTRAINT",
    "PIP_CONSTRAINT",
    "PIP_PREFIX",
    "PIP_PYTHON",
    "PIP_REQUIREMENT",
    "PIP_ROOT",
    "PIP_TARGET",
)


class BootstrapError(Exception):
    """A failure, with a message that explains it to the user."""


def main(arguments):
    if arguments[:1] == ["pip"]:
        sys.exit(pip(arguments[1:]))
    unknown = [a for a in arguments if a not in ("--dev", "--quiet")]
    if unknown:
        raise BootstrapError("bootstrap.py: unknown argument %s; it accepts pip, --dev and --quiet." % unknown[0])
    dev = "--dev" in arguments
    quiet = "--quiet" in arguments
    forget_foreign_settings()
    if not is_ready(read_stamp(), dev):
        locked_alone(quiet, lambda: make_ready(dev, quiet))


def locked_alone(quiet, work):
    """Calls `work` with a lock that only one process has at a time."""
    try:
        if not os.path.isdir(WORK):
            os.makedirs(WORK, exist_ok=True)
        with open(os.path.join(WORK, "bootstrap.lock"), "a+") as lock_file:
            lock(lock_file, quiet)
            return work()
    except OSError as error:
        raise BootstrapError(unwritable(error))


def make_ready(dev, quiet):
    # The process that had the lock before may have done the work.
    if not is_ready(read_stamp(), dev):
        build(dev, quiet)


def pip(arguments):
    """Runs pip for the user and returns the exit code."""
    unlock = arguments[:1] == ["--unlock"]
    arguments = arguments[1:] if unlock else arguments
    forget_foreign_settings()
    at = users_module().command_index(arguments)
    command = arguments[at] if at < len(arguments) else ""
    # Commands that only read need no lock, so users who cannot write into the folder can call them.
    if command not in CHANGING and command not in CONSTRAINED and is_ready(read_stamp(), False):
        return call_pip(arguments)
    return locked_alone(False, lambda: pip_alone(arguments, at, command, unlock))


def call_pip(arguments):
    import subprocess

    return subprocess.call([VENV_PYTHON, "-I", "-m", "pip"] + arguments)


def pip_alone(arguments, at, command, unlock):
    make_ready(False, False)
    words = [argument for argument in arguments[at + 1 :] if not argument.startswith("-")]
    stamp = read_stamp()
    users = user_packages(False)
    lock_file = lock_path(bool(stamp.get("dev")))
    locked = locked_versions(stamp)
    if command == "uninstall":
        refuse_locked([word for word in words if users_module().normalized(word) in locked])
    options = []
    if command in CONSTRAINED and not unlock:
        users_module().write_constraints(as_path(CONSTRAINTS), as_path(lock_file), users.unlocked())
        options = ["--constraint", CONSTRAINTS]
    code = call_pip(arguments[: at + 1] + options + arguments[at + 1 :])
    if command not in CHANGING:
        return code
    if code != 0 and options:
        say(
            False,
            "Perhaps pip failed because Gymwire's lock file allows only one version of a package; "
            "./gymwire pip --unlock ... allows other versions",
        )
    # The packages are recorded also after a failure, because pip may have installed some of them before the failure.
    forgotten = words if command == "uninstall" else []
    users.record(as_path(VENV), locked, unlocking=unlock, forget=forgotten)
    write_stamp(dict(stamp, locked=locked, users=users_key(), unlocked=users.unlocked()))
    now = users_module().versions(as_path(VENV))
    moved = [name for name in locked if now.get(name) != locked[name] and name not in users.unlocked()]
    if moved and not unlock:
        say(False, "Restoring versions that may change only with --unlock: %s..." % ", ".join(sorted(moved)))
        install_packages(bool(stamp.get("dev")))
        # This also installs again the versions that an earlier call with --unlock chose.
        users.restore()
        write_stamp(dict(stamp, locked=locked, users=users_key(), unlocked=users.unlocked()))
        return code or 1
    return code


def refuse_locked(names):
    if names:
        raise BootstrapError("%s is in Gymwire's lock file: Gymwire needs it, so it is not removed." % names[0])


def locked_versions(stamp):
    """Returns the versions that were installed from the lock file. A stamp of an older release does not contain them.
    The result is then the versions that the lock file's packages have now."""
    return stamp["locked"] if "locked" in stamp else locked_now(bool(stamp.get("dev")))


def locked_now(dev):
    """Returns the versions that the lock file's packages have now."""
    names = users_module().locked_names(as_path(lock_path(dev)))
    found = users_module().versions(as_path(VENV))
    return {name: version for name, version in found.items() if name in names}


def users_module():
    # Imported only here: if the virtual environment is ready, the launcher's usual call does not need this module.
    import user_packages

    return user_packages


def user_packages(quiet):
    """Returns the record of the packages that users have added."""

    def run_pip(arguments):
        try:
            run("run pip", "see its log", ["-m", "pip"] + arguments)
        except (BootstrapError, OSError):
            # An OSError means that the virtual environment's Python does not start, so that a rebuild is needed.
            return False
        return True

    return users_module().UserPackages(as_path(USER_PACKAGES), run_pip, lambda message: say(quiet, message))


def as_path(name):
    import pathlib

    return pathlib.Path(name)


def forget_foreign_settings():
    """Removes environment variables that are meant for another Python or folder, so that no child process gets them.
    The package index, the proxy and the certificates stay."""
    for name in list(os.environ):
        if name.startswith("PYTHON") or name in FOREIGN_PIP:
            del os.environ[name]
    # A pip.conf with "user = true" would otherwise make every installation in a virtual environment fail.
    os.environ["PIP_USER"] = "0"


def unwritable(error):
    place = os.path.dirname(HERE)
    if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Gymwire's Python environment could not be made in %s: %s." % (place, error)
    own_copy = "use your own copy: cp -R '%s' ~/gymwire && ~/gymwire/gymwire" % place
    stamp = read_stamp()
    if is_ready(stamp, False):
        return (
            "%s cannot be written (%s), so you cannot change the packages of Gymwire's Python environment. Ask the "
            "folder's owner to change them, or %s" % (error.filename or place, error.strerror, own_copy)
        )
    python = venv_python_version()
    if has_gymwire(stamp) and not python:
        return (
            "Gymwire's Python environment was made with %s, which you cannot run, and %s cannot be written (%s). "
            "Ask the folder's owner to remove %s and to make it again with a Python that every user can run: "
            "GYMWIRE_PYTHON=/usr/bin/python3 ./gymwire info. Or %s"
            % (os.path.realpath(VENV_PYTHON), place, error.strerror, VENV, own_copy)
        )
    if has_gymwire(stamp) and os.environ.get("GYMWIRE_PYTHON") and python != own_version():
        return (
            "Gymwire's Python environment has %s, GYMWIRE_PYTHON=%s is %s, and %s cannot be written (%s). Unset "
            "GYMWIRE_PYTHON, or %s"
            % (python, os.environ["GYMWIRE_PYTHON"], own_version(), place, error.strerror, own_copy)
        )
    return (
        "Gymwire's Python environment is made in Gymwire's folder, and %s cannot be written (%s). Ask the "
        "folder's owner to run Gymwire once (after that the folder can be read-only), or %s"
        % (error.filename or place, error.strerror, own_copy)
    )


def build(dev, quiet):
    """Runs those stages whose inputs have changed. If it installs packages of the lock file, it also runs all later
    stages. Rewrites the stamp after each stage. Keeps the old virtual environment until the new one has Gymwire."""
    with open(LOG, "wb"):
        pass
    if has_gymwire(read_stamp()):
        remove_old()
    # An earlier build may have been killed.
    put_old_back()
    try:
        stamp = build_gymwire(dev, quiet)
    except BaseException:
        put_old_back()
        raise
    remove_old()
    users = user_packages(quiet)
    if not users_current(stamp):
        users.restore()
        stamp.update(users=users_key(), unlocked=users.unlocked())
        write_stamp(stamp)


def build_gymwire(dev, quiet):
    """Runs the first two stages and returns the stamp."""
    stamp = read_stamp()
    if not packages_current(stamp, dev):
        dev = dev or bool(stamp.get("dev"))
        reusable = packages_current(stamp, dev=False)
        say(
            quiet,
            "Adding the test packages to the Python environment..."
            if reusable
            else "Setting up the Python environment (about a minute)...",
        )
        if not reusable:
            if has_gymwire(stamp):
                # This also records packages that were added without ./gymwire pip.
                users = user_packages(quiet)
                users.record(as_path(VENV), locked_versions(stamp))
                # This environment has the packages of the new record. If it is put back, it needs no installation.
                write_stamp(dict(stamp, users=users_key(), unlocked=users.unlocked()))
            create_venv()
        install_packages(dev)
        stamp = {"packages": packages_key(dev), "dev": dev, "locked": locked_now(dev)}
        write_stamp(stamp)
    if not install_current(stamp):
        say(quiet, "Installing Gymwire's server into the Python environment...")
        run(
            "install Gymwire's server",
            "check pyproject.toml and the files in proto",
            ["-m", "pip", "install", "--no-deps", "--no-build-isolation", "-e", HERE],
        )
        stamp["install"] = install_key()
        write_stamp(stamp)
    return stamp


def has_gymwire(stamp):
    """Returns whether the first two stages were complete once."""
    return "install" in stamp


def put_old_back():
    """Replaces the virtual environment by the old one, if there is a complete old one."""
    if os.path.exists(os.path.join(OLD_VENV, STAMP_NAME)):
        remove(VENV)
        os.rename(OLD_VENV, VENV)


def remove_old():
    stamp = os.path.join(OLD_VENV, STAMP_NAME)
    # Without its stamp, an old virtual environment is never put back.
    if os.path.exists(stamp):
        os.unlink(stamp)
    # On some network file systems, files that a program has open cannot be removed. The next rebuild removes the rest.
    remove(OLD_VENV, ignore_errors=True)


def remove(folder, ignore_errors=False):
    """Removes a folder, or a link to a folder, if it exists."""
    import shutil

    if os.path.islink(folder):
        os.unlink(folder)
    elif os.path.isdir(folder):
        shutil.rmtree(folder, ignore_errors=ignore_errors)


def is_ready(stamp, dev):
    return packages_current(stamp, dev) and install_current(stamp) and users_current(stamp)


def users_current(stamp):
    """Returns whether the packages that users have added are installed. Packages that could not be installed are
    ignored."""
    return stamp.get("users", "") == users_key()


def users_key():
    record = os.path.join(USER_PACKAGES, "packages.json")
    return digest([record], "") if os.path.exists(record) else ""


def packages_current(stamp, dev):
    """Returns whether the virtual environment has the packages that a call with this dev flag needs, and the Python
    that GYMWIRE_PYTHON names. Without this variable, every Python that starts is accepted: the first Python on the PATH
    is not the same in every terminal."""
    if not stamp or (dev and not stamp.get("dev")):
        return False
    if os.environ.get("GYMWIRE_PYTHON") and venv_python_version() != own_version():
        return False
    return stamp.get("packages") == packages_key(bool(stamp.get("dev")))


def install_current(stamp):
    """Returns whether Gymwire is installed, with messages generated from the current .proto files."""
    generated = [os.path.join(SOURCE, path[: -len(".proto")] + "_pb2.py") for path in proto_files()]
    return stamp.get("install") == install_key() and all(os.path.exists(path) for path in generated)


def packages_key(dev):
    # The key includes the location, because scripts and the editable install contain absolute paths. After a move of
    # the checkout, the virtual environment is therefore made again.
    return digest([lock_path(dev)], "%s %s" % (venv_python_version(), HERE))


def own_version():
    """Returns the kind and the version of the Python that runs this file, for example "cpython 3.12"."""
    return "%s %d.%d" % ((sys.implementation.name,) + sys.version_info[:2])


def venv_python_version():
    """Returns the kind and the version of the virtual environment's Python; an empty string if it does not start."""
    if os.path.realpath(VENV_PYTHON) == os.path.realpath(sys.executable):
        return own_version()
    # Imported only here: usually, both are the same Python, and the launcher's call does not need this module.
    import subprocess

    script = "import sys; print('%s %d.%d' % ((sys.implementation.name,) + sys.version_info[:2]))"
    try:
        output = subprocess.check_output(
            [VENV_PYTHON, "-I", "-S", "-c", script], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return output.decode("ascii").strip()


def install_key():
    build = [os.path.join(HERE, name) for name in ("pyproject.toml", "hatch_build.py")]
    return digest(build + [os.path.join(PROTO, path) for path in proto_files()], " ".join(proto_files()))


def lock_path(dev):
    return os.path.join(HERE, "requirements-dev.lock" if dev else "requirements.lock")


def proto_files():
    """Returns the paths of the contract's .proto files relative to proto/, with forward slashes, sorted."""
    found = []
    # Other folders in proto/ do not count: packages installed in proto/examples contain their own .proto files.
    for folder, _, names in os.walk(os.path.join(PROTO, "gymwire")):
        for name in names:
            if name.endswith(".proto"):
                found.append(os.path.relpath(os.path.join(folder, name), PROTO).replace(os.sep, "/"))
    return sorted(found)


def digest(paths, text):
    sha = hashlib.sha256(text.encode("utf-8"))
    for path in paths:
        try:
            with open(path, "rb") as source:
                sha.update(b"\0" + source.read())
        except OSError as error:
            raise BootstrapError("Cannot read %s (%s); the checkout is incomplete." % (path, error.strerror))
    return sha.hexdigest()


def create_venv():
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        raise BootstrapError(
            "Python %d.%d at %s has no venv module; install it (Debian, Ubuntu: apt-get install python%d.%d-venv) "
            "or set GYMWIRE_PYTHON to another python."
            % (sys.version_info[:2] + (sys.executable,) + sys.version_info[:2])
        )
    import subprocess

    try:
        if has_gymwire(read_stamp()) and not os.path.islink(VENV):
            remove(OLD_VENV)
            try:
                os.rename(VENV, OLD_VENV)
            except OSError as error:
                # A folder from the image of a container, or on another file system, cannot be renamed.
                if error.errno != errno.EXDEV:
                    raise
        remove(VENV)
        venv.EnvBuilder(symlinks=os.name != "nt", with_pip=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BootstrapError("Could not create %s: %s." % (VENV, error))


def install_packages(dev):
    remedy = "check that the package index can be reached, and run again"
    run("install the Python packages", remedy, ["-m", "pip", "install", "--require-hashes", "-r", lock_path(dev)])


def run(purpose, remedy, arguments):
    """Runs the virtual environment's Python, isolated from PYTHONPATH and the user's site-packages. Its output goes to
    the log."""
    import subprocess

    with open(LOG, "ab") as log:
        log.write(("$ python %s\n" % " ".join(arguments)).encode("utf-8"))
        log.flush()
        code = subprocess.call(
            [VENV_PYTHON, "-I"] + arguments, cwd=HERE, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    if code != 0:
        with open(LOG, encoding="utf-8", errors="replace") as log:
            lines = [line.rstrip() for line in log if line.strip() and not line.startswith("WARNING: Retrying")]
        raise BootstrapError(
            "Could not %s (exit code %d); %s. The log %s ends:\n  %s"
            % (purpose, code, remedy, LOG, "\n  ".join(lines[-LOG_TAIL_LINES:]))
        )


def lock(lock_file, quiet):
    """Waits until no other bootstrap.py has the lock, then locks the file. The lock ends when the file is closed."""
    if os.name == "nt":
        import msvcrt
        import time

        lock_file.seek(0)
        while True:
            try:
                msvcrt.locking(lock_file.fileno(), msvcrt.LK_NBLCK, 1)
                return
            except OSError:
                time.sleep(0.5)
    import fcntl

    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say(quiet, "Waiting for another Gymwire that sets up the Python environment...")
        fcntl.flock(lock_file, fcntl.LOCK_EX)


def read_stamp():
    """Returns the content of the stamp; an empty dict if there is no stamp, or if it cannot be read."""
    try:
        with open(STAMP, encoding="utf-8") as source:
            stamp = json.load(source)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp):
    partial = STAMP + ".part"
    with open(partial, "w", encoding="utf-8") as target:
        json.dump(stamp, target)
    os.replace(partial, STAMP)


def say(quiet, message):
    if not quiet:
        sys.stderr.write(message + "\n")
        sys.stderr.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BootstrapError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; if the set-up is incomplete, the next run continues it.\n")
        sys.exit(130)
