// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Measurements of the program's speed: kernels, one update, the wire, whole training, each next to a peer on the same
 * machine.
 *
 * <p>The input is settings; the output is tables with medians, and each target with its figure and whether it was met.
 * This package only measures; no other package uses it.
 */
package io.gymwire.bench;
