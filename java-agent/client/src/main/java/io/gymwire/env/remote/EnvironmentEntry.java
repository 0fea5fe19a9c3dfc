// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.EnvironmentSpec;
import java.util.Optional;

/**
 * One environment id in a server's list.
 *
 * @param spec the specification registered under the id
 * @param unavailableReason why the server cannot make the environment, and the remedy; empty if the server can make it
 */
public record EnvironmentEntry(EnvironmentSpec spec, Optional<String> unavailableReason) {}
