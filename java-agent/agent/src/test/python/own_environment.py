# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a Python virtual environment such as a user could have.

    own_environment.py PLACE [FOLDER ...]

With folders, the virtual environment has the packages of the Python that runs this script, including Gymwire's server,
and the modules in the folders. Without folders, it has no packages.
"""

import sys
import sysconfig
import venv
from pathlib import Path

place, *folders = sys.argv[1:]
venv.EnvBuilder(symlinks=False).create(place)
if folders:
    packages = sysconfig.get_path("purelib")
    own = Path(sysconfig.get_path("purelib", "venv", vars={"base": place}))
    lines = [f"import site; site.addsitedir({packages!r})", *folders]
    (own / "own.pth").write_text("\n".join(lines) + "\n")
