// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The servers that host a run's environments, and the sessions that the environments are spread over. The next
 * package is {@code record}.
 */
package io.gymwire.fleet;
