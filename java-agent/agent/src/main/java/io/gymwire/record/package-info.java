// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The run's directory, and the files in it that people and programs read: settings, manifest, tables and TensorBoard's
 * events, but not checkpoints. This package also writes the lines of a run on the console.
 *
 * <p>The input is {@link io.gymwire.metrics.MetricValues} and episodes. The output is files and lines. The next package
 * to read is {@code checkpoint}.
 */
package io.gymwire.record;
