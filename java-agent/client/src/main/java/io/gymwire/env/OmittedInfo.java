// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/**
 * An info that the server left out of an answer because it cannot travel; all else in the answer is complete.
 *
 * @param key its key in the info
 * @param reason what cannot travel, and where in the info it is
 * @param env the index of an environment that gave it; others may have given it too
 */
public record OmittedInfo(String key, String reason, int env) {}
