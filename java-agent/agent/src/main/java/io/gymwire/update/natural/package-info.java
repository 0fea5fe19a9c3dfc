// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Trust region policy optimisation: Schulman et al. 2015, arXiv:1502.05477.
 *
 * <p>Read {@link io.gymwire.update.natural.TrpoUpdate} first: it is the algorithm.
 */
package io.gymwire.update.natural;
