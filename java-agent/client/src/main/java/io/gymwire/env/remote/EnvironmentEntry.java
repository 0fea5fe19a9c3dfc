// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.EnvironmentSpec;
import java.util.Optional;

/**
 * One environment id that a server may make.
 *
 * @param spec what is registered under the id
 * @param unavailableReason why the environment cannot be made there and what to do about it; empty if it can be made
 */
public record EnvironmentEntry(EnvironmentSpec spec, Optional<String> unavailableReason) {}
