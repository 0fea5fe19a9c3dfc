// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The learner and its iterations: settings and environments in, a better policy and metrics out.
 *
 * <p>{@link io.gymwire.learn.Trainer} is the loop's body, {@link io.gymwire.learn.Learner} all that it changes,
 * {@link io.gymwire.learn.RunConfig} what a run is made of, {@link io.gymwire.learn.Algorithm} the list of updates.
 * Next: {@code fleet}.
 */
package io.gymwire.learn;
