// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The command line: one class per command. Options in, runs and tables out; what a command does is in the packages
 * before.
 */
package io.gymwire.cli;
