// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The options of the environments that a server makes. Immutable: each {@code with} method returns a changed copy. */
public final class MakeOptions {
    private static final Duration LONGEST_LEASE = Duration.ofDays(365);

    private final String envId;
    private int numEnvs = 1;
    private OptionalLong maxEpisodeSteps = OptionalLong.empty();
    private AutoresetMode autoresetMode = AutoresetMode.SAME_STEP;
    private InfoSelection infos = InfoSelection.all();
    private Map<String, Object> kwargs = Map.of();
    private Vectorization vectorization = Vectorization.SYNC;
    private Optional<String> renderMode = Optional.empty();
    private List<WrapperSpec> wrappers = List.of();
    private Optional<Duration> lease = Optional.empty();
    private boolean envOutputs;
    private boolean resetSeeds;
    private boolean distributions;

    private MakeOptions(String envId) {
        if (envId.isBlank()) {
            throw new IllegalArgumentException("the environment id is empty; give one such as CartPole-v1");
        }
        this.envId = envId;
    }

    /** Creates the options for one environment, for example {@code HalfCheetah-v5}. Every option has its default. */
    public static MakeOptions of(String envId) {
        return new MakeOptions(envId);
    }

    /** The environment's id. */
    public String envId() {
        return envId;
    }

    /** The number of environments. */
    public int numEnvs() {
        return numEnvs;
    }

    /** The behaviour when an episode ends. */
    public AutoresetMode autoresetMode() {
        return autoresetMode;
    }

    /** The limit of steps per episode, -1 for none; empty for the registered limit. */
    public OptionalLong maxEpisodeSteps() {
        return maxEpisodeSteps;
    }

    /** The infos that the server sends. */
    public InfoSelection infos() {
        return infos;
    }

    /** The keyword arguments of the environment's constructor. */
    public Map<String, Object> kwargs() {
        return kwargs;
    }

    /** The processes in which the environments run. */
    public Vectorization vectorization() {
        return vectorization;
    }

    /** The render mode; empty for no rendering. */
    public Optional<String> renderMode() {
        return renderMode;
    }

    /** The wrappers that the server puts around each environment, innermost first. */
    public List<WrapperSpec> wrappers() {
        return wrappers;
    }

    /** The time after which the server may close an unused session; empty for the server's default. */
    public Optional<Duration> lease() {
        return lease;
    }

    /** Whether the server sends {@link EnvOutput}s in addition to the batched answers. */
    public boolean envOutputs() {
        return envOutputs;
    }

    /** Whether the answers to resets and restores contain the seeds of the random generators. */
    public boolean resetSeeds() {
        return resetSeeds;
    }

    /** Whether the server reports which Python distributions (installed packages) define the environments. */
    public boolean distributions() {
        return distributions;
    }

    /** These options with another number of environments that step together, at least 1; default 1. */
    public MakeOptions withNumEnvs(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("the number of environments is " + count + "; it must be at least 1");
        }
        return with(options -> options.numEnvs = count);
    }

    /** These options with a limit of steps per episode, -1 for none; default: the registered limit. */
    public MakeOptions withMaxEpisodeSteps(long steps) {
        return with(options -> options.maxEpisodeSteps = OptionalLong.of(steps));
    }

    /** These options with another autoreset mode; default {@link AutoresetMode#SAME_STEP}. */
    public MakeOptions withAutoresetMode(AutoresetMode mode) {
        return with(options -> options.autoresetMode = mode);
    }

    /** These options with another choice of infos; default all. */
    public MakeOptions withInfos(InfoSelection selection) {
        return with(options -> options.infos = selection);
    }

    /**
     * These options with keyword arguments of the environment's constructor, for example {@code gravity} with the value
     * 9.81; default none.
     *
     * @param arguments values can be null, Boolean, Byte, Short, Integer, Long, BigInteger, Float, Double, String,
     *     byte[], NdArray, ObjectArray, StringArray, GraphInstance, Tuple, List or Map
     */
    public MakeOptions withKwargs(Map<String, Object> arguments) {
        Map<String, Object> copy = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
        return with(options -> options.kwargs = copy);
    }

    /** These options with this choice of where the environments run; default {@link Vectorization#SYNC}. */
    public MakeOptions withVectorization(Vectorization place) {
        return with(options -> options.vectorization = place);
    }

    /** These options with a render mode, such as {@code rgb_array}; default none. */
    public MakeOptions withRenderMode(String mode) {
        return with(options -> options.renderMode = Optional.of(mode));
    }

    /**
     * These options with wrappers that the server puts around each environment, innermost first; default none.
     */
    public MakeOptions withWrappers(WrapperSpec... innermostFirst) {
        List<WrapperSpec> list = List.of(innermostFirst);
        return with(options -> options.wrappers = list);
    }

    /**
     * These options with another lease, at least 1 s; default: the server's default lease. The server may close the
     * session when this time passes without a request and without an open stream that has used the session. A lease of
     * more than 365 days counts as 365 days.
     */
    public MakeOptions withLease(Duration time) {
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("the lease is " + time + "; it must be at least 1 s");
        }
        Duration limited = time.compareTo(LONGEST_LEASE) > 0 ? LONGEST_LEASE : time;
        return with(options -> options.lease = Optional.of(limited));
    }

    /**
     * These options with or without {@link EnvOutput}s in addition to the batched answers. The default is without them,
     * which is cheaper.
     */
    public MakeOptions withEnvOutputs(boolean wanted) {
        return with(options -> options.envOutputs = wanted);
    }

    /**
     * These options with or without the seeds of the random generators in the answers to resets and restores. The
     * default is without them.
     */
    public MakeOptions withResetSeeds(boolean wanted) {
        return with(options -> options.resetSeeds = wanted);
    }

    /**
     * These options with or without the Python distributions (installed packages) that define the environments. The
     * default is without them, because the server needs some time to find them.
     */
    public MakeOptions withDistributions(boolean wanted) {
        return with(options -> options.distributions = wanted);
    }

    private MakeOptions with(Consumer<MakeOptions> change) {
        MakeOptions copy = new MakeOptions(envId);
        copy.numEnvs = numEnvs;
        copy.maxEpisodeSteps = maxEpisodeSteps;
        copy.autoresetMode = autoresetMode;
        copy.infos = infos;
        copy.kwargs = kwargs;
        copy.vectorization = vectorization;
        copy.renderMode = renderMode;
        copy.wrappers = wrappers;
        copy.lease = lease;
        copy.envOutputs = envOutputs;
        copy.resetSeeds = resetSeeds;
        copy.distributions = distributions;
        change.accept(copy);
        return copy;
    }
}
