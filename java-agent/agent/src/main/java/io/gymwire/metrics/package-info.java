// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The metrics that a run reports about each iteration. Each {@link io.gymwire.metrics.Metric} is declared once, usually
 * in the package that measures it, with its name, its description with the unit, and the places that show it.
 *
 * <p>The packages write their numbers into {@link io.gymwire.metrics.MetricValues}. In each iteration, these numbers
 * become one row of {@code progress.csv} and scalars of TensorBoard. The console shows some of them in a line, or all
 * in a table.
 *
 * <p>The next package to read is {@code linalg}.
 */
package io.gymwire.metrics;
