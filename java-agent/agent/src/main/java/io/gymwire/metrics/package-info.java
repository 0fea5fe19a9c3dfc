// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The metrics that a run reports about each iteration. Each {@link io.gymwire.metrics.Metric} is declared once, in the
 * package that measures it, with its name, its unit and the places that show it.
 *
 * <p>The packages write their numbers into {@link io.gymwire.metrics.MetricValues}, which becomes one row of
 * {@code progress.csv}, of TensorBoard's events and of the console.
 *
 * <p>The next package to read is {@code linalg}.
 */
package io.gymwire.metrics;
