// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/** What runs have reached: read from their directories, summed up over seeds, drawn, and put on a page. */
package io.gymwire.report;
