// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What a run leaves for people and programs to read, but for its checkpoints: the run's directory, its settings and
 * manifest, tables, TensorBoard's events, the console.
 *
 * <p>In come {@link io.gymwire.metrics.MetricValues} and episodes; out go files and lines. Next: {@code checkpoint}.
 */
package io.gymwire.record;
