// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/** Episodes played with a policy that does not change: their returns, and films of them. Next: {@code run}. */
package io.gymwire.evaluate;
