// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Whole runs: training, evaluation, and every file and line of text that they leave.
 *
 * <p>In come an environment and a configuration; out go a run directory with checkpoints, tables and TensorBoard
 * events, and what the terminal shows. Next: {@code report}.
 */
package io.gymwire.run;
