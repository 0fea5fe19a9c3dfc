// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What a run tells of each iteration: each {@link io.gymwire.metrics.Metric} is declared once, with its name, unit and
 * who shows it, in the package that measures it. Next: {@code linalg}.
 *
 * <p>In come numbers; out go {@link io.gymwire.metrics.MetricValues}, one row of {@code progress.csv}, of TensorBoard's
 * events and of the console.
 */
package io.gymwire.metrics;
