// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The settings of a run. Each {@link io.gymwire.settings.Setting} is declared once, with its name, text, range and
 * default, usually in the package that uses it. The next package to read is {@code metrics}.
 *
 * <p>The input is the words of a command line or of a file. The output is {@link io.gymwire.settings.Settings}, in
 * which each value is within its range.
 */
package io.gymwire.settings;
