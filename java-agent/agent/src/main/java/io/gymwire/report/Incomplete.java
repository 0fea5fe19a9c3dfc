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
 * @param status as in the manifest: failed, interrupted or running; "killed" where the process of a running one is
 *     gone, "not begun" where there is a log alone
 * @param steps environment steps taken
 * @param reason why it is so, in one sentence
 * @param scored whether it has got far enough to have a return
 */
record Incomplete(
        Path directory, String envId, String seed, String status, long steps, String reason, boolean scored) {}
