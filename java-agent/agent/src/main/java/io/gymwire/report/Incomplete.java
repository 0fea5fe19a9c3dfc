// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.nio.file.Path;

/**
 * A run that has not finished, or that has a file that cannot be used. Such runs may be the worst runs. Without them,
 * the results can look too good, so a report lists them.
 *
 * @param directory the run's directory
 * @param envId the environment; empty if it is not known
 * @param seed the run's seed; empty if it is not known
 * @param state the run's progress
 * @param scored whether the tables count the run: its progress.csv contains a return, and all its files can be used
 */
record Incomplete(Path directory, String envId, String seed, Run.State state, boolean scored) {}
