// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/** Episodes played with a fixed policy: their returns and their videos. The next package to read is {@code run}. */
package io.gymwire.evaluate;
