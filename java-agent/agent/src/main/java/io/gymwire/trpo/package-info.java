// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Trust region policy optimisation: Schulman et al. 2015, arXiv:1502.05477.
 *
 * <p>In comes a batch of observations, actions and advantages; out goes a better policy, or the old one, and a report
 * of how it was found. Read {@link io.gymwire.trpo.TrpoUpdate} first: it is the algorithm. Next: {@code run}.
 */
package io.gymwire.trpo;
