// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.nio.file.Path;

/**
 * A run that has not taken all its steps. A report that left it out would flatter.
 *
 * @param directory the run's
 * @param envId the environment; empty if it is not known
 * @param seed the run's; empty if it is not known
 * @param state how far it is
 * @param scored whether it has got far enough to have a return
 */
record Incomplete(Path directory, String envId, String seed, Run.State state, boolean scored) {}
