// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * A learner on disk: {@link io.gymwire.checkpoint.Checkpoint} saves and loads it, with the state of the environments.
 *
 * <p>Numbers are safetensors by the names that parameters have; nothing is taken from a file before its digest is
 * checked. Next: {@code evaluate}.
 */
package io.gymwire.checkpoint;
