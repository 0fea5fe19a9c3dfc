// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import com.google.protobuf.ByteString;
import io.gymwire.env.Seeds;
import io.gymwire.proto.v1.OptionalSeed;
import io.gymwire.proto.v1.SeedList;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** Decodes and encodes seeds in messages: seeds of up to 63 bits as integers, larger seeds as little-endian bytes. */
final class SeedLists {
    private static final int LONG_BITS = 63;

    private SeedLists() {}

    /** @throws IllegalArgumentException if a seed is negative or greater than {@link Seeds#MAX} */
    static List<Optional<BigInteger>> decode(SeedList list) {
        return list.getSeedsList().stream().map(SeedLists::decode).toList();
    }

    /** @throws IllegalArgumentException in the cases in which {@link Seeds#of} throws it */
    static SeedList encode(Seeds seeds, int numEnvs) {
        SeedList.Builder list = SeedList.newBuilder();
        seeds.of(numEnvs).forEach(seed -> list.addSeeds(encode(seed)));
        return list.build();
    }

    /**
     * Whether any of the environments gets a seed of more than 63 bits. Only servers with the capability "seeds"
     * support such seeds.
     */
    static boolean anyBig(Seeds seeds, int numEnvs) {
        return seeds.of(numEnvs).stream().anyMatch(seed -> seed.isPresent() && isBig(seed.get()));
    }

    private static boolean isBig(BigInteger seed) {
        return seed.bitLength() > LONG_BITS;
    }

    private static OptionalSeed encode(Optional<BigInteger> seed) {
        OptionalSeed.Builder entry = OptionalSeed.newBuilder();
        if (seed.isPresent() && isBig(seed.get())) {
            int bytes = (seed.get().bitLength() + Byte.SIZE - 1) / Byte.SIZE;
            byte[] signed = seed.get().toByteArray(); // big-endian, perhaps with a leading zero byte
            byte[] data = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                data[i] = signed[signed.length - 1 - i];
            }
            entry.setBigValue(ByteString.copyFrom(data));
        } else {
            seed.ifPresent(number -> entry.setValue(number.longValueExact()));
        }
        return entry.build();
    }

    private static Optional<BigInteger> decode(OptionalSeed entry) {
        if (!entry.hasBigValue() && !entry.hasValue()) {
            return Optional.empty();
        }
        BigInteger seed = entry.hasBigValue() ? big(entry.getBigValue()) : BigInteger.valueOf(entry.getValue());
        if (seed.signum() < 0 || seed.compareTo(Seeds.MAX) > 0) {
            throw new IllegalArgumentException("the seed " + seed + " is not from 0 to 2^128 - 1");
        }
        return Optional.of(seed);
    }

    private static BigInteger big(ByteString littleEndian) {
        byte[] magnitude = new byte[littleEndian.size()];
        for (int i = 0; i < magnitude.length; i++) {
            magnitude[i] = littleEndian.byteAt(magnitude.length - 1 - i);
        }
        return new BigInteger(1, magnitude);
    }
}
