// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.Space;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/** An environment that forwards each call to another environment. A subclass overrides the methods that it changes. */
public abstract class EnvWrapper implements Env {
    private final Env env;

    /** Wraps an environment. Closing the wrapper closes the environment. */
    protected EnvWrapper(Env env) {
        this.env = env;
    }

    /** The wrapped environment. */
    public final Env env() {
        return env;
    }

    @Override
    public String envId() {
        return env.envId();
    }

    @Override
    public EnvironmentSpec spec() {
        return env.spec();
    }

    @Override
    public Map<String, Object> metadata() {
        return env.metadata();
    }

    @Override
    public Optional<String> renderMode() {
        return env.renderMode();
    }

    @Override
    public Space observationSpace() {
        return env.observationSpace();
    }

    @Override
    public Space actionSpace() {
        return env.actionSpace();
    }

    @Override
    public EnvReset reset(Optional<BigInteger> seed, Map<String, Object> options) {
        return env.reset(seed, options);
    }

    @Override
    public EnvStep step(Object action) {
        return env.step(action);
    }

    @Override
    public Object render() {
        return env.render();
    }

    @Override
    public Snapshot snapshot() {
        return env.snapshot();
    }

    @Override
    public EnvReset restore(Snapshot snapshot) {
        return env.restore(snapshot);
    }

    @Override
    public Object call(String name, Object... arguments) {
        return env.call(name, arguments);
    }

    @Override
    public Object getAttribute(String name) {
        return env.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        env.setAttribute(name, value);
    }

    @Override
    public void close() {
        env.close();
    }
}
