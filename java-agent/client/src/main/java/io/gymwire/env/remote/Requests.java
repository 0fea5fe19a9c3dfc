// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import com.google.protobuf.ByteString;
import io.gymwire.env.AutoresetMode;
import io.gymwire.env.InfoSelection;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.ResetOptions;
import io.gymwire.env.Seeds;
import io.gymwire.env.Vectorization;
import io.gymwire.env.WrapperSpec;
import io.gymwire.proto.v1.AllInfos;
import io.gymwire.proto.v1.InfoKeys;
import io.gymwire.proto.v1.MakeRequest;
import io.gymwire.proto.v1.NoInfos;
import io.gymwire.proto.v1.ResetRequest;
import java.util.List;

/** Converts options to requests. */
final class Requests {
    private Requests() {}

    static MakeRequest make(MakeOptions options) {
        MakeRequest.Builder builder = MakeRequest.newBuilder()
                .setEnvId(options.envId())
                .setNumEnvs(options.numEnvs())
                .setKwargs(Values.encodeDict(options.kwargs()))
                .setAutoresetMode(encode(options.autoresetMode()))
                .setInfos(encode(options.infos()))
                .setVectorization(encode(options.vectorization()))
                .setEnvOutputs(options.envOutputs())
                .setResetSeeds(options.resetSeeds())
                .setDistributions(options.distributions());
        options.maxEpisodeSteps().ifPresent(builder::setMaxEpisodeSteps);
        options.renderMode().ifPresent(builder::setRenderMode);
        options.wrappers().forEach(wrapper -> builder.addWrappers(encode(wrapper)));
        options.lease().ifPresent(time -> builder.setLeaseSeconds(time.toMillis() / 1000.0));
        return builder.build();
    }

    /**
     * Converts a reset's options to a request that lacks only the session id and the step number.
     *
     * @throws IllegalArgumentException if the seeds or the flags are not for {@code numEnvs} environments, or if a
     *     value in the options cannot be sent
     */
    static ResetRequest.Builder reset(ResetOptions options, String envId, int numEnvs) {
        ResetRequest.Builder request = ResetRequest.newBuilder();
        if (!options.seeds().equals(Seeds.none())) {
            try {
                request.setSeeds(SeedLists.encode(options.seeds(), numEnvs));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(envId + ": " + e.getMessage(), e);
            }
        }
        List<Boolean> which = options.which();
        if (!which.isEmpty()) {
            if (which.size() != numEnvs) {
                throw new IllegalArgumentException(envId + ": " + which.size() + " reset flags for " + numEnvs
                        + " environments; give one for each");
            }
            byte[] mask = new byte[numEnvs];
            for (int env = 0; env < numEnvs; env++) {
                mask[env] = (byte) (which.get(env) ? 1 : 0);
            }
            request.setResetMask(ByteString.copyFrom(mask));
        }
        if (!options.options().isEmpty()) {
            request.setOptions(Values.encodeDict(options.options()));
        }
        return request;
    }

    private static io.gymwire.proto.v1.AutoresetMode encode(AutoresetMode mode) {
        return switch (mode) {
            case NEXT_STEP -> io.gymwire.proto.v1.AutoresetMode.AUTORESET_MODE_NEXT_STEP;
            case SAME_STEP -> io.gymwire.proto.v1.AutoresetMode.AUTORESET_MODE_SAME_STEP;
            case DISABLED -> io.gymwire.proto.v1.AutoresetMode.AUTORESET_MODE_DISABLED;
        };
    }

    private static io.gymwire.proto.v1.Vectorization encode(Vectorization vectorization) {
        return switch (vectorization) {
            case SYNC -> io.gymwire.proto.v1.Vectorization.VECTORIZATION_SYNC;
            case ASYNC -> io.gymwire.proto.v1.Vectorization.VECTORIZATION_ASYNC;
        };
    }

    private static io.gymwire.proto.v1.InfoSelection encode(InfoSelection infos) {
        io.gymwire.proto.v1.InfoSelection.Builder builder = io.gymwire.proto.v1.InfoSelection.newBuilder();
        if (infos.everything()) {
            builder.setAll(AllInfos.getDefaultInstance());
        } else if (infos.keys().isEmpty()) {
            builder.setNone(NoInfos.getDefaultInstance());
        } else {
            builder.setKeys(InfoKeys.newBuilder().addAllNames(infos.keys()));
        }
        return builder.build();
    }

    private static io.gymwire.proto.v1.WrapperSpec encode(WrapperSpec wrapper) {
        return io.gymwire.proto.v1.WrapperSpec.newBuilder()
                .setName(wrapper.name())
                .setKwargs(Values.encodeDict(wrapper.kwargs()))
                .build();
    }
}
