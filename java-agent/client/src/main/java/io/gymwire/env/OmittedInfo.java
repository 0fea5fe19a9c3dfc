// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/**
 * An info's entry that the server left out of a response, because the entry's key or value cannot be sent, or because
 * Gymnasium cannot batch the entry. The rest of the response is complete.
 *
 * @param key the entry's key in the info; for a key that is not a string, a text that shows it
 * @param reason what cannot be sent and where in the info it is, or why the entry cannot be batched
 * @param env the index of an environment that returned the entry; other environments may have returned it too
 */
public record OmittedInfo(String key, String reason, int env) {}
