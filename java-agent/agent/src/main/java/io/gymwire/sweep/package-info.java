// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Many runs from one command: several processes at the same time, and their printed progress. Also the scripts of Slurm
 * jobs.
 */
package io.gymwire.sweep;
