// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The learner and its iterations, which turn settings and environments into a better policy and metrics.
 *
 * <p>{@link io.gymwire.learn.Trainer} is the loop's body, {@link io.gymwire.learn.Learner} all that it changes,
 * {@link io.gymwire.learn.RunConfig} the configuration of a run, {@link io.gymwire.learn.Algorithm} the list of
 * updates. Next: {@code fleet}.
 */
package io.gymwire.learn;
