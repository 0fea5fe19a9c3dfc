// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.proto.v1.MakeRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Says which environments a server is to make.
 *
 * @param environmentId the id, for example {@code HalfCheetah-v5}
 * @param numEnvs the number of environments that step together, at least 1; default 1
 * @param maxEpisodeSteps the steps after which an episode is truncated, -1 for no limit; default: as registered
 * @param autoresetMode what happens when an episode ends; default {@link AutoresetMode#SAME_STEP}
 * @param infos which infos travel; default all
 * @param kwargs the keyword arguments of the environment's constructor, for example {@code gravity} to 9.81. Values may
 *     be null, Boolean, Byte to Long, BigInteger, Float, Double, String, byte[], NdArray, List or Map; default none
 */
public record MakeOptions(String environmentId, int numEnvs, OptionalLong maxEpisodeSteps,
        AutoresetMode autoresetMode, InfoSelection infos, Map<String, Object> kwargs) {

    public MakeOptions {
        if (environmentId.isBlank()) {
            throw new IllegalArgumentException("the environment id is empty; give one such as CartPole-v1");
        }
        if (numEnvs < 1) {
            throw new IllegalArgumentException("the number of environments is " + numEnvs + "; it must be at least 1");
        }
        kwargs = Collections.unmodifiableMap(new LinkedHashMap<>(kwargs));
    }

    /** Asks for one environment with every default. */
    public static MakeOptions of(String environmentId) {
        return new MakeOptions(environmentId, 1, OptionalLong.empty(), AutoresetMode.SAME_STEP, InfoSelection.all(),
                Map.of());
    }

    /** Returns these options with another number of environments. */
    public MakeOptions withNumEnvs(int count) {
        return new MakeOptions(environmentId, count, maxEpisodeSteps, autoresetMode, infos, kwargs);
    }

    /** Returns these options with another limit of steps per episode; -1 removes it. */
    public MakeOptions withMaxEpisodeSteps(long steps) {
        return new MakeOptions(environmentId, numEnvs, OptionalLong.of(steps), autoresetMode, infos, kwargs);
    }

    /** Returns these options with another autoreset mode. */
    public MakeOptions withAutoresetMode(AutoresetMode mode) {
        return new MakeOptions(environmentId, numEnvs, maxEpisodeSteps, mode, infos, kwargs);
    }

    /** Returns these options with another choice of infos. */
    public MakeOptions withInfos(InfoSelection selection) {
        return new MakeOptions(environmentId, numEnvs, maxEpisodeSteps, autoresetMode, selection, kwargs);
    }

    /** Returns these options with other keyword arguments of the constructor. */
    public MakeOptions withKwargs(Map<String, Object> arguments) {
        return new MakeOptions(environmentId, numEnvs, maxEpisodeSteps, autoresetMode, infos, arguments);
    }

    MakeRequest toProto() {
        MakeRequest.Builder builder = MakeRequest.newBuilder()
                .setEnvId(environmentId)
                .setNumEnvs(numEnvs)
                .setKwargs(Values.encodeDict(kwargs))
                .setAutoresetMode(autoresetMode.toProto())
                .setInfos(infos.toProto());
        maxEpisodeSteps.ifPresent(builder::setMaxEpisodeSteps);
        return builder.build();
    }
}
