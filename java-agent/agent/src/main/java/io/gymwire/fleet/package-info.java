// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The servers that host a run's environments, and the distribution of the environments over sessions. The next package
 * to read is {@code record}.
 */
package io.gymwire.fleet;
