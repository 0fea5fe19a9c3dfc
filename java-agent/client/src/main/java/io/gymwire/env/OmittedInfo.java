// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/**
 * An info that the server omitted from an answer because it cannot be sent. Everything else in the answer is complete.
 *
 * @param key its key in the info
 * @param reason what cannot be sent, and where in the info it is
 * @param env the index of an environment that returned it; others may have returned it too
 */
public record OmittedInfo(String key, String reason, int env) {}
