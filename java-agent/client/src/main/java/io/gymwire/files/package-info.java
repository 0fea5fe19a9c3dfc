// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Access to files. The client and the agent read and write nearly all files through this package; {@code
 * ArchitectureTest} lists exceptions. An error names the file, the reason and the remedy in one sentence
 * ({@link io.gymwire.files.FileException}).
 */
package io.gymwire.files;
