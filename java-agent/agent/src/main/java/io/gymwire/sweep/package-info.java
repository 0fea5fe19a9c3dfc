// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/** Many runs from one command: as many processes at once as there is room for, and what they are doing. */
package io.gymwire.sweep;
