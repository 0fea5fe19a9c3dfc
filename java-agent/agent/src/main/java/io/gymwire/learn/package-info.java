// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The learner and its iterations, which turn settings and environments into metrics and a better policy.
 *
 * <p>{@link io.gymwire.learn.Trainer} does the work of one iteration. It changes the {@link io.gymwire.learn.Learner}.
 * {@link io.gymwire.learn.RunConfig} is the configuration of a run. {@link io.gymwire.learn.Algorithm} is the list of
 * algorithms. The next package to read is {@code fleet}.
 */
package io.gymwire.learn;
