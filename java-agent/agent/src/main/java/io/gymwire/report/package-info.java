// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Reports about the results of runs. The results are read from the run directories, summarised over seeds, and shown in
 * tables and pictures.
 */
package io.gymwire.report;
