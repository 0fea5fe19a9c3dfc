// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * A learner on disk: {@link io.gymwire.checkpoint.Checkpoint} saves and loads it, with the state of the environments.
 *
 * <p>Parameters are stored by name, as safetensors. The digest of a file is checked before its content is used. The
 * next package to read is {@code evaluate}.
 */
package io.gymwire.checkpoint;
