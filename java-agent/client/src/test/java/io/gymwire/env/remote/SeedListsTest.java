// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.proto.v1.OptionalSeed;
import io.gymwire.proto.v1.SeedList;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SeedListsTest {
    private static final BigInteger TWO_63 = BigInteger.ONE.shiftLeft(63);

    @Test
    void aSeedBeyond128BitsIsRefused() {
        byte[] data = new byte[17];
        data[16] = 1;
        SeedList list = SeedList.newBuilder()
                .addSeeds(OptionalSeed.newBuilder().setBigValue(ByteString.copyFrom(data)))
                .build();
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> SeedLists.decode(list));
        assertEquals("the seed 340282366920938463463374607431768211456 is not from 0 to 2^128 - 1", e.getMessage());
        SeedList negative = SeedList.newBuilder()
                .addSeeds(OptionalSeed.newBuilder().setValue(-5))
                .build();
        e = assertThrows(IllegalArgumentException.class, () -> SeedLists.decode(negative));
        assertEquals("the seed -5 is not from 0 to 2^128 - 1", e.getMessage());
    }

    @Test
    void aBigSeedIsNotSentToAnOlderServer() throws IOException {
        try (FakeServer fake = new FakeServer(1);
                RemoteServer older = RemoteServer.connect(fake.address(), Duration.ofSeconds(20));
                RemoteVectorEnv env = older.make("Count-v0", 1)) {
            EnvironmentException e = assertThrows(EnvironmentException.class, () -> env.reset(TWO_63));
            assertEquals(ErrorCode.UNIMPLEMENTED, e.code());
            assertTrue(e.sessionAlive());
            assertTrue(e.getMessage().contains("too old for seeds of 2^63 and more"), e.getMessage());
            assertEquals(Map.of(), env.reset(TWO_63.subtract(BigInteger.ONE)).infos());
        }
    }
}
