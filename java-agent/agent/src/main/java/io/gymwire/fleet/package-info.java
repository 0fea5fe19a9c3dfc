// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/** The servers that a run's environments are on, and the sessions that they are spread over. Next: {@code record}. */
package io.gymwire.fleet;
