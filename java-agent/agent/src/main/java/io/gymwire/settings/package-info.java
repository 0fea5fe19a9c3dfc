// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The settings of a run. Each {@link io.gymwire.settings.Setting} is declared once, with its name, text, range and
 * default, in the package that uses it. Next: {@code metrics}.
 *
 * <p>The input is the words of a command line or of a file. The output is {@link io.gymwire.settings.Settings} whose
 * values are all within their ranges.
 */
package io.gymwire.settings;
