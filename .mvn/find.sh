# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
#
# Finds the Java and the Python that Gymwire runs on, and a locale for them. This file is POSIX sh; gymwire, mvnw and
# .ci/run source it.

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Prints a list: ", a, b" becomes "only a, b", and the empty list becomes "none". Each entry of a list begins with ", ".
only() {
  [ -n "$1" ] && printf 'only %s' "${1#, }" || printf none
}

# Java reads and writes file names in the locale's character set. In the C locale, or if the requested locale is not
# installed, this character set is ASCII. Then this function sets a UTF-8 locale. (Python needs no help: it uses UTF-8
# instead of ASCII.) The function keeps any other character set, because the user chose it. Returns 1 if the program
# `locale` finds no UTF-8 locale.
use_utf8() {
  if ! command -v locale >/dev/null; then
    # Small systems have C.UTF-8 but no program that lists locales. There, only the C locale is replaced.
    case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
      C | POSIX) export LC_ALL=C.UTF-8 ;;
    esac
    return 0
  fi
  case $(locale charmap 2>/dev/null) in
    ANSI_X3.4-1968 | US-ASCII | ASCII | 646 | '') ;;
    *) return 0 ;;
  esac
  for candidate in C.UTF-8 en_US.UTF-8 $(locale -a 2>/dev/null | grep -i 'utf-\{0,1\}8$'); do
    if [ "$(LC_ALL=$candidate locale charmap 2>/dev/null)" = UTF-8 ]; then
      export LC_ALL="$candidate"
      return 0
    fi
  done
  return 1
}

# Prints the directory of the script $1, with every symbolic link followed.
script_home() {
  script=$1
  while [ -L "$script" ]; do
    link=$(readlink "$script")
    case $link in
      /*) script=$link ;;
      *) script=$(dirname "$script")/$link ;;
    esac
  done
  (CDPATH='' cd -- "$(dirname "$script")" && pwd -P)
}

# Reads a Java home's version from its release file if possible, because starting the JVM takes longer.
# Sets java_version (for example 17.0.15), java_major (17), and java_vector (yes if Java has the Vector API module, or
# if the release file lists no modules).
java_inspect() {
  java_version='' java_vector=no
  if [ -r "$1/release" ]; then
    java_version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$1/release")
    if ! grep -q '^MODULES=' "$1/release" || grep -q '^MODULES=.*jdk\.incubator\.vector' "$1/release"; then
      java_vector=yes
    fi
  fi
  if [ -z "$java_version" ]; then
    java_version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
    if "$1/bin/java" --list-modules 2>/dev/null | grep -q '^jdk\.incubator\.vector'; then
      java_vector=yes
    fi
  fi
  java_major=${java_version#1.}
  java_major=${java_major%%[!0-9]*}
  [ -n "$java_major" ]
}

# Sets java_home to the folder of a Java of version 17 or newer: JAVA_HOME, else the home of the java on the PATH. Ends
# the script with a message if there is none.
find_java() {
  found=''
  for source in JAVA_HOME PATH; do
    if [ "$source" = JAVA_HOME ]; then
      java_home=${JAVA_HOME:-}
      if [ -n "$java_home" ] && [ ! -x "$java_home/bin/java" ]; then
        found="$found, JAVA_HOME=$java_home without bin/java"
      fi
    else
      java_home=$(path_java_home)
    fi
    [ -n "$java_home" ] && [ -x "$java_home/bin/java" ] || continue
    if java_inspect "$java_home" && [ "$java_major" -ge 17 ]; then
      return 0
    fi
    found="$found, Java ${java_version:-of unknown version} at $java_home ($source)"
  done
  die "Gymwire needs a JDK of version 17 or newer and found $(only "$found"); install one" \
    "(Debian, Ubuntu: apt-get install openjdk-17-jdk-headless, or a newer one) or set JAVA_HOME."
}

path_java_home() {
  java=$(command -v java) || return 0
  home=$(dirname "$(script_home "$java")")
  # On macOS the java on the PATH is a stub (it only starts the real java), and with version managers it is a script. So
  # the JVM itself is asked for its home.
  if [ ! -r "$home/release" ]; then
    home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
  fi
  printf '%s\n' "$home"
}

require_javac() {
  [ -x "$java_home/bin/javac" ] || die "Gymwire is built with a JDK, and $java_home is a Java $java_major without" \
    "javac; install a JDK (Debian, Ubuntu: apt-get install openjdk-$java_major-jdk-headless) or set JAVA_HOME."
}

# Sets python to a Python of version 3.10 or newer. If GYMWIRE_PYTHON is set, only this Python is tried. Else the names
# below are tried on the PATH, in their order, and then the Python of the server's environment: this environment can have
# been made with a Python that is not on this user's PATH. Returns 1 if no such Python is found.
# This function, the launcher and mvnw run Python with -E and -s: Python then ignores the variables PYTHON* and the
# user's own packages, because they may be for another Python.
find_python() {
  found=''
  for python in ${GYMWIRE_PYTHON:+"$GYMWIRE_PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python3.10 python \
    "$home/python-env-server/.venv/bin/python"; do
    if "$python" -E -s -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
      return 0
    fi
    version=$("$python" -E -s -c \
      'import sys; print("Python %d.%d at %s" % (sys.version_info[:2] + (sys.executable,)))' 2>/dev/null) &&
      found="$found, $version"
    if [ -n "${GYMWIRE_PYTHON:-}" ]; then
      found=", GYMWIRE_PYTHON=$GYMWIRE_PYTHON, which ${version:+is }${version:-does not start as Python}"
      break
    fi
  done
  python=''
  return 1
}

require_python() {
  find_python || die "Gymwire needs Python 3.10 or newer and found $(only "$found"); install Python 3.10 or" \
    "newer (Debian, Ubuntu: apt-get install python3 python3-venv) or set GYMWIRE_PYTHON to its path."
}
