// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Reports about the results of runs: read from their directories, summarised over seeds, drawn, and written to a page.
 */
package io.gymwire.report;
