# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of ./gymwire pip on a checkout with a minimal server and lock file. They need no package index."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from minimal_checkout import Checkout, package


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path)
    made.succeed()
    assert made.versions() == {"gymwire": "0.1.0", "needed": "1.0"}
    return made


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has its interpreters in other places")


def test_packages_that_a_user_added_are_there_again_after_a_rebuild(checkout: Checkout, tmp_path: Path) -> None:
    checkout.publish("indexed", "3.0")
    local = package(tmp_path / "sources" / "local", "local", "4.0")
    editable = package(tmp_path / "sources" / "editable", "editable", "5.0")
    checkout.succeed("pip", "install", "indexed", str(local), "-e", "sources/editable")
    # This package is installed with pip itself, without ./gymwire pip.
    checkout.publish("byhand", "6.0")
    by_hand = ["install", "--no-index", "--find-links", str(checkout.index), "byhand"]
    subprocess.check_call([str(checkout.venv / "bin" / "pip"), *by_hand], stdout=subprocess.DEVNULL)
    users = {"indexed": "3.0", "local": "4.0", "editable": "5.0", "byhand": "6.0"}
    assert checkout.versions() == {"gymwire": "0.1.0", "needed": "1.0", **users}

    # The source of the package `local` is deleted, but a wheel was kept.
    shutil.rmtree(local)
    printed = checkout.rebuild("2.0")
    assert "Installing the added packages again: byhand, editable, indexed, local" in printed
    assert checkout.versions() == {"gymwire": "0.1.0", "needed": "2.0", **users}
    assert checkout.stamp()["unlocked"] == {}
    assert checkout.succeed() == ""

    # The wheel is also kept if the installed files differ from the record, for example because the checkout was moved.
    record = checkout.home / ".user-packages" / "packages.json"
    entries = json.loads(record.read_text())
    record.write_text(json.dumps([{**entry, "content": "other"} for entry in entries]))
    assert "No wheel of local" not in checkout.succeed("pip", "install", "indexed")
    assert {entry["name"]: entry for entry in json.loads(record.read_text())}["local"]["requirement"] == str(local)

    # A message names each package that cannot be installed. If the package can be installed later, the next rebuild
    # installs it.
    moved = editable.rename(tmp_path / "elsewhere")
    (checkout.index / "indexed-3.0-py3-none-any.whl").unlink()
    printed = checkout.rebuild("1.0")
    assert f"Not installed again: editable 5.0, because {editable} cannot be installed" in printed
    assert "Not installed again: indexed 3.0, because indexed==3.0 cannot be installed" in printed
    assert checkout.versions() == {"gymwire": "0.1.0", "needed": "1.0", "local": "4.0", "byhand": "6.0"}
    assert checkout.succeed() == ""
    moved.rename(editable)
    checkout.succeed("pip", "uninstall", "-y", "indexed")
    printed = checkout.rebuild("2.0")
    assert "Not installed again" not in printed
    assert checkout.versions() == {
        "gymwire": "0.1.0",
        "needed": "2.0",
        "local": "4.0",
        "byhand": "6.0",
        "editable": "5.0",
    }


def test_an_uninstalled_package_does_not_come_back(checkout: Checkout, tmp_path: Path) -> None:
    local = package(tmp_path / "local", "local", "4.0")
    checkout.succeed("pip", "install", str(local))
    checkout.succeed("pip", "uninstall", "-y", "local")
    assert checkout.rebuild("2.0").count("\n") == 2
    assert checkout.versions() == {"gymwire": "0.1.0", "needed": "2.0"}
    assert not list(checkout.home.glob(".user-packages/*/*.whl"))


def test_locked_versions_change_only_when_they_are_unlocked(checkout: Checkout) -> None:
    refused = checkout.run("pip", "install", "needed==2.0")
    assert refused.returncode != 0
    assert "./gymwire pip --unlock" in refused.stderr
    assert checkout.versions()["needed"] == "1.0"

    checkout.succeed("pip", "--unlock", "install", "needed==2.0")
    assert checkout.versions()["needed"] == "2.0"
    assert checkout.stamp()["unlocked"] == {"needed": "2.0"}
    # Neither the installation of another package nor a rebuild restores the locked version.
    checkout.publish("other", "1.0")
    checkout.succeed("pip", "install", "other")
    (checkout.home / "requirements.lock").write_text(
        "# a new one\n" + (checkout.home / "requirements.lock").read_text()
    )
    checkout.succeed()
    assert checkout.versions() == {"gymwire": "0.1.0", "needed": "2.0", "other": "1.0"}
    assert checkout.stamp()["unlocked"] == {"needed": "2.0"}

    checkout.succeed("pip", "--unlock", "install", "needed==1.0")
    assert checkout.stamp()["unlocked"] == {}


def test_options_before_the_command_of_pip_may_have_values(checkout: Checkout) -> None:
    refused = checkout.run("pip", "--timeout", "5", "install", "needed==2.0")
    assert refused.returncode != 0
    assert checkout.versions()["needed"] == "1.0"
    checkout.publish("other", "1.0")
    checkout.succeed("pip", "--timeout", "5", "install", "other")
    checkout.rebuild("2.0")
    assert checkout.versions()["other"] == "1.0"


def test_a_package_that_a_user_added_is_not_locked_when_the_test_packages_are_added(checkout: Checkout) -> None:
    checkout.publish("other", "1.0")
    checkout.succeed("pip", "install", "other")
    checkout.succeed("--dev")
    assert checkout.stamp()["locked"] == {"needed": "1.0"}
    checkout.succeed("pip", "uninstall", "-y", "other")
    assert "other" not in checkout.versions()


def test_packages_that_the_server_needs_are_kept_or_restored(checkout: Checkout) -> None:
    refused = checkout.run("pip", "uninstall", "-y", "Needed")
    assert refused.returncode == 1
    assert "is in Gymwire's lock file" in refused.stderr
    # ./gymwire pip does not read list.txt, so it cannot refuse the command. It restores the package afterwards.
    (checkout.folder / "list.txt").write_text("needed\n")
    result = checkout.run("pip", "uninstall", "-y", "-r", "list.txt")
    assert "Restoring versions that may change only with --unlock: needed" in result.stderr
    assert checkout.versions()["needed"] == "1.0"


def test_a_virtual_environment_from_an_older_gymwire_gets_a_record_of_packages(
    checkout: Checkout, tmp_path: Path
) -> None:
    stamp = {name: value for name, value in checkout.stamp().items() if name in ("packages", "dev", "install")}
    (checkout.venv / "gymwire-stamp.json").write_text(json.dumps(stamp))
    assert checkout.succeed() == ""
    checkout.publish("indexed", "3.0")
    checkout.succeed("pip", "install", "indexed")
    checkout.rebuild("2.0")
    assert checkout.versions() == {"gymwire": "0.1.0", "needed": "2.0", "indexed": "3.0"}


def test_other_commands_of_pip_run_unchanged(checkout: Checkout) -> None:
    result = checkout.run("pip", "list", "--format=freeze")
    assert "needed==1.0" in result.stdout
    assert checkout.run("pip", "nonsense").returncode != 0
