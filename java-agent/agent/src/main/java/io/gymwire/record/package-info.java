// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The files that a run writes for people and programs to read, except its checkpoints: the run's directory, its
 * settings and manifest, tables, TensorBoard's events and the console's output.
 *
 * <p>The input is {@link io.gymwire.metrics.MetricValues} and episodes. The output is files and lines. The next package
 * to read is {@code checkpoint}.
 */
package io.gymwire.record;
