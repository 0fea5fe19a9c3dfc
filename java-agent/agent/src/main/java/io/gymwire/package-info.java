// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/** The Gymwire agent: learns with TRPO, NPG or PPO on Gymnasium environments. */
package io.gymwire;
