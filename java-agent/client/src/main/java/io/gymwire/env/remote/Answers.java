// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.AutoresetMode;
import io.gymwire.env.EnvOutput;
import io.gymwire.env.EnvironmentSpec;
import io.gymwire.env.OmittedInfo;
import io.gymwire.env.Vectorization;
import io.gymwire.proto.v1.Fingerprint;
import io.gymwire.proto.v1.GetServerInfoResponse;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Reads the answers of servers. Methods throw IllegalArgumentException if a part of an answer is malformed. */
final class Answers {
    private Answers() {}

    static ServerInfo serverInfo(GetServerInfoResponse proto) {
        Fingerprint fingerprint = proto.getFingerprint();
        return new ServerInfo(
                new ServerInfo.ProtocolVersion(
                        proto.getProtocolVersion().getMajor(),
                        proto.getProtocolVersion().getMinor()),
                proto.getServerVersion(),
                List.copyOf(proto.getCapabilitiesList()),
                new ServerInfo.Fingerprint(
                        fingerprint.getOs(),
                        fingerprint.getCpu(),
                        List.copyOf(fingerprint.getCpuFeaturesList()),
                        fingerprint.getPython(),
                        new ServerInfo.Packages(
                                Collections.unmodifiableMap(new TreeMap<>(fingerprint.getPackagesMap())),
                                Collections.unmodifiableMap(new TreeMap<>(fingerprint.getUnlockedMap())))),
                proto.getProgramSha256());
    }

    static EnvironmentSpec spec(io.gymwire.proto.v1.EnvironmentSpec proto) {
        return new EnvironmentSpec(
                proto.getEnvId(),
                proto.hasMaxEpisodeSteps() ? OptionalLong.of(proto.getMaxEpisodeSteps()) : OptionalLong.empty(),
                proto.hasRewardThreshold() ? OptionalDouble.of(proto.getRewardThreshold()) : OptionalDouble.empty(),
                proto.getNondeterministic());
    }

    static AutoresetMode autoresetMode(io.gymwire.proto.v1.AutoresetMode mode) {
        return switch (mode) {
            case AUTORESET_MODE_NEXT_STEP -> AutoresetMode.NEXT_STEP;
            case AUTORESET_MODE_SAME_STEP -> AutoresetMode.SAME_STEP;
            case AUTORESET_MODE_DISABLED -> AutoresetMode.DISABLED;
            default -> throw new IllegalArgumentException("the server returned the unknown autoreset mode " + mode);
        };
    }

    static Vectorization vectorization(io.gymwire.proto.v1.Vectorization vectorization) {
        return switch (vectorization) {
            case VECTORIZATION_SYNC -> Vectorization.SYNC;
            case VECTORIZATION_ASYNC -> Vectorization.ASYNC;
            default ->
                throw new IllegalArgumentException("the server returned the unknown vectorization " + vectorization);
        };
    }

    static EnvOutput output(io.gymwire.proto.v1.EnvOutput proto) {
        return new EnvOutput(
                proto.hasObservation() ? Values.decode(proto.getObservation()) : null,
                proto.hasReward() ? Values.decode(proto.getReward()) : null,
                Values.decodeDict(proto.getInfo()));
    }

    static List<OmittedInfo> omittedInfos(List<io.gymwire.proto.v1.OmittedInfo> infos) {
        return infos.stream()
                .map(info -> new OmittedInfo(info.getKey(), info.getReason(), info.getEnvIndex()))
                .toList();
    }
}
