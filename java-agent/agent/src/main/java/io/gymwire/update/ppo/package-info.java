// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Proximal policy optimisation: Schulman et al. 2017, arXiv:1707.06347.
 *
 * <p>Read {@link io.gymwire.update.ppo.PpoUpdate} first: it contains the algorithm.
 */
package io.gymwire.update.ppo;
