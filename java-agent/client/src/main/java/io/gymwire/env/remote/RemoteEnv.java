// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.AutoresetMode;
import io.gymwire.env.Env;
import io.gymwire.env.EnvOutput;
import io.gymwire.env.EnvReset;
import io.gymwire.env.EnvStep;
import io.gymwire.env.EnvironmentSpec;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.ResetOptions;
import io.gymwire.env.Seeds;
import io.gymwire.env.Snapshot;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.Batches;
import io.gymwire.env.space.Space;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One environment on a server: a session with n = 1 and without automatic resets. */
public final class RemoteEnv implements Env {
    private final RemoteVectorEnv session;

    /** Opens the session. */
    RemoteEnv(Connection connection, ServerInfo server, MakeOptions options) {
        if (options.numEnvs() != 1) {
            throw new IllegalArgumentException(options.envId() + ": an Env is one environment, but " + options.numEnvs()
                    + " were requested; use RemoteServer.make for several");
        }
        session = new RemoteVectorEnv(
                connection,
                server,
                options.withAutoresetMode(AutoresetMode.DISABLED)
                        .withEnvOutputs(true)
                        .withResetSeeds(true));
    }

    @Override
    public String envId() {
        return session.envId();
    }

    @Override
    public EnvironmentSpec spec() {
        return session.spec();
    }

    /** The whole specification: the fields of Gymnasium's EnvSpec, by name. */
    public Map<String, Object> fullSpec() {
        return session.fullSpec();
    }

    @Override
    public Map<String, Object> metadata() {
        return session.metadata();
    }

    @Override
    public Optional<String> renderMode() {
        return session.renderMode();
    }

    @Override
    public Space observationSpace() {
        return session.singleObservationSpace();
    }

    @Override
    public Space actionSpace() {
        return session.singleActionSpace();
    }

    @Override
    public EnvReset reset(Optional<BigInteger> seed, Map<String, Object> options) {
        Seeds seeds = seed.map(Seeds::from).orElse(Seeds.none());
        VectorReset reset = session.reset(ResetOptions.none().withSeeds(seeds).withOptions(options));
        EnvOutput output = reset.outputs().get(0);
        return new EnvReset(output.observation(), output.info(), reset.omittedInfos(), seed(reset));
    }

    private static Optional<BigInteger> seed(VectorReset reset) {
        return reset.seeds().isEmpty() ? Optional.empty() : reset.seeds().get(0);
    }

    @Override
    public EnvStep step(Object action) {
        VectorStep step = vectorStep(action);
        EnvOutput output = step.output(0);
        return new EnvStep(output.observation(), step.reward(0), step.terminated(0), step.truncated(0), output.info())
                .withOmittedInfos(step.omittedInfos());
    }

    /**
     * Applies one action. The result is the session's answer, not converted to an EnvStep. The answer's
     * {@link VectorStep#output} also contains the reward with its exact type.
     */
    VectorStep vectorStep(Object action) {
        return session.stepEach(Collections.singletonList(action));
    }

    @Override
    public Object render() {
        return session.render().get(0);
    }

    @Override
    public Snapshot snapshot() {
        return session.snapshots().get(0);
    }

    @Override
    public EnvReset restore(Snapshot snapshot) {
        VectorReset restored = session.restore(List.of(snapshot));
        return new EnvReset(Batches.get(observationSpace(), restored.batch(), 0), Map.of(), List.of(), seed(restored));
    }

    @Override
    public Object call(String name, Object... arguments) {
        return session.call(name, arguments).get(0);
    }

    @Override
    public Object getAttribute(String name) {
        return session.getAttribute(name).get(0);
    }

    @Override
    public void setAttribute(String name, Object value) {
        session.setAttribute(name, Collections.singletonList(value));
    }

    @Override
    public void close() {
        session.close();
    }
}
