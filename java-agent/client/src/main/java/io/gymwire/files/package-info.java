// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The only package that reads and writes files. Every error names the file, the reason and the remedy in one sentence
 * ({@link io.gymwire.files.FileException}).
 */
package io.gymwire.files;
