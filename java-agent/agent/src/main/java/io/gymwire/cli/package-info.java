// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The command line: one class per command, and the classes that several commands share. A command reads options and
 * prints results; the work is done in the other packages.
 */
package io.gymwire.cli;
