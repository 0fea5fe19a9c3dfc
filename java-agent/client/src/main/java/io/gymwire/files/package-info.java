// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The one place through which files are read and written. Whatever goes wrong, the error names the file, the reason and
 * the remedy in one sentence ({@link io.gymwire.files.FileException}).
 */
package io.gymwire.files;
