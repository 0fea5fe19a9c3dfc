// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * One run from its first iteration to its last: {@link io.gymwire.run.TrainingRun} combines the learner, its files and
 * its evaluations. {@link io.gymwire.run.RunComparison} compares two runs. The next package to read is {@code report}.
 */
package io.gymwire.run;
