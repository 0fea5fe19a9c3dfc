// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Updates along the natural gradient: trust region policy optimisation (Schulman et al. 2015, arXiv:1502.05477) and the
 * natural policy gradient (Kakade 2001), which takes the same step without a line search.
 *
 * <p>Read {@link io.gymwire.update.natural.NaturalUpdate} first: it contains the code that both updates share.
 */
package io.gymwire.update.natural;
