// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What the program costs: kernels, one update, the wire, whole training, each beside a peer on the same machine.
 *
 * <p>In come settings; out go tables with medians, and each target with its figure and whether it was met. Measuring is
 * all that happens here; nothing else uses it.
 */
package io.gymwire.bench;
