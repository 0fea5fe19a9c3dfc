// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import com.google.protobuf.ByteString;
import io.gymwire.proto.v1.OptionalSeed;
import io.gymwire.proto.v1.ResetRequest;
import io.gymwire.proto.v1.SeedList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Says how new episodes start.
 *
 * @param seeds one seed per environment, not negative, an empty one keeps that environment's generator as it is; an
 *     empty list keeps all
 * @param which one flag per environment, true for those to reset, in the mode {@link AutoresetMode#DISABLED}; an empty
 *     list resets all
 * @param options the options of the environments' reset, with values as in {@link MakeOptions#withKwargs}; default none
 */
public record ResetOptions(List<OptionalLong> seeds, List<Boolean> which, Map<String, Object> options) {

    public ResetOptions {
        seeds = List.copyOf(seeds);
        which = List.copyOf(which);
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** Resets all environments and keeps their random generators as they are. */
    public static ResetOptions none() {
        return new ResetOptions(List.of(), List.of(), Map.of());
    }

    /** Resets all environments with one seed for each. */
    public static ResetOptions seeded(long... seeds) {
        return none().withSeeds(Arrays.stream(seeds).mapToObj(OptionalLong::of).toList());
    }

    /** Returns these options with other seeds. */
    public ResetOptions withSeeds(List<OptionalLong> perEnvironment) {
        return new ResetOptions(perEnvironment, which, options);
    }

    /** Returns these options with another choice of environments. */
    public ResetOptions withWhich(boolean... flags) {
        Boolean[] boxed = new Boolean[flags.length];
        Arrays.setAll(boxed, env -> flags[env]);
        return new ResetOptions(seeds, List.of(boxed), options);
    }

    /** Returns these options with other options of the environments' reset. */
    public ResetOptions withOptions(Map<String, Object> arguments) {
        return new ResetOptions(seeds, which, arguments);
    }

    ResetRequest.Builder toProto(String environmentId, int numEnvs) {
        ResetRequest.Builder request = ResetRequest.newBuilder();
        if (!seeds.isEmpty()) {
            requireOneEach("seeds", seeds.size(), environmentId, numEnvs);
            SeedList.Builder list = SeedList.newBuilder();
            for (OptionalLong seed : seeds) {
                OptionalSeed.Builder entry = OptionalSeed.newBuilder();
                seed.ifPresent(entry::setValue);
                list.addSeeds(entry);
            }
            request.setSeeds(list);
        }
        if (!which.isEmpty()) {
            requireOneEach("reset flags", which.size(), environmentId, numEnvs);
            byte[] mask = new byte[numEnvs];
            for (int env = 0; env < numEnvs; env++) {
                mask[env] = (byte) (which.get(env) ? 1 : 0);
            }
            request.setResetMask(ByteString.copyFrom(mask));
        }
        if (!options.isEmpty()) {
            request.setOptions(Values.encodeDict(options));
        }
        return request;
    }

    private static void requireOneEach(String what, int count, String environmentId, int numEnvs) {
        if (count != numEnvs) {
            throw new IllegalArgumentException(environmentId + ": " + count + " " + what + " for " + numEnvs
                    + " environments; give one for each");
        }
    }
}
