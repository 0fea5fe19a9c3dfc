// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.StepLoop;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StepLoopTest {
    private static final NdArray ACTION = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);
    private static final long LONG = Duration.ofSeconds(30).toNanos();
    private static final IntConsumer NOTHING = step -> {};

    private FakeServer fake;
    private RemoteServer server;
    private RemoteVectorEnv env;

    @BeforeEach
    void connect() throws IOException {
        fake = new FakeServer(1);
        server = RemoteServer.connect(fake.address(), Duration.ofSeconds(20));
        env = server.make("Count-v0", 1);
        env.reset();
    }

    @AfterEach
    void disconnect() {
        env.close();
        server.close();
        fake.close();
    }

    @Test
    void anotherThreadMakesTheStepsUntilTheDriverEndsTheLoop() {
        CountingDriver driver = driver(100, NOTHING);
        StepLoop loop = env.loop(driver);
        loop.start();
        assertTrue(loop.await(LONG));
        // Resets and steps are numbered together: the reset is 1, so the first step is 2. The observation after a step
        // is the step's number.
        assertArrayEquals(IntStream.range(2, 102).asDoubleStream().toArray(), flat(driver.observed));
        assertFalse(driver.threads.contains(Thread.currentThread()));
        List<InteractRequest> steps =
                fake.requests.stream().filter(InteractRequest::hasStep).toList();
        assertEquals(
                NdArrays.encode(NdArray.ofLongs(DType.INT64, new int[] {1}, 0)),
                steps.get(0).getStep().getActions().getArray());
        assertEquals(
                NdArrays.encode(ACTION), steps.get(99).getStep().getActions().getArray());
    }

    @Test
    void aLoopCanRunTwiceAndTheSessionIsFreeForOtherStepsInBetween() {
        CountingDriver driver = driver(3, NOTHING);
        StepLoop loop = env.loop(driver);
        loop.start();
        assertThrows(IllegalStateException.class, () -> env.sendStep(ACTION));
        assertTrue(loop.await(LONG));
        assertEquals(5, env.step(ACTION).observations().getLong(0));
        loop.start();
        assertTrue(loop.await(LONG));
        assertArrayEquals(new double[] {2, 3, 4, 6, 7, 8}, flat(driver.observed));
    }

    @Test
    void anExceptionOfTheDriverReachesTheWaitingThread() {
        IllegalStateException bad = new IllegalStateException("bad");
        StepLoop loop = env.loop(driver(100, step -> {
            if (step == 7) {
                throw bad;
            }
        }));
        loop.start();
        assertSame(bad, assertThrows(IllegalStateException.class, () -> loop.await(LONG)));
        assertEquals(9, env.step(ACTION).observations().getLong(0));
    }

    @Test
    void anErrorOfTheServerReachesTheWaitingThread() {
        fake.stepAnswer = (number, client) -> client.onNext(
                number < 6
                        ? FakeServer.step(number, 1)
                        : InteractResponse.newBuilder()
                                .setError(FakeServer.actionError(true))
                                .build());
        CountingDriver driver = driver(100, NOTHING);
        StepLoop loop = env.loop(driver);
        loop.start();
        EnvironmentException failure = assertThrows(EnvironmentException.class, () -> loop.await(LONG));
        assertEquals("Count-v0: the action 7 of environment 2 is not in Discrete(2)", failure.getMessage());
        assertEquals(4, driver.observed.size());
        fake.stepAnswer = (number, client) -> client.onNext(FakeServer.step(number, 1));
        assertEquals(6, env.step(ACTION).observations().getLong(0));
    }

    @Test
    void anAnswerThatCannotBeReadEndsTheSession() {
        fake.stepAnswer = (number, client) -> client.onNext(FakeServer.step(number, number < 4 ? 1 : 2));
        StepLoop loop = env.loop(driver(100, NOTHING));
        loop.start();
        EnvironmentException failure = assertThrows(EnvironmentException.class, () -> loop.await(LONG));
        assertEquals(ErrorCode.INTERNAL, failure.code());
        assertTrue(
                failure.getMessage().endsWith("field 'terminated' of a StepResponse has 2 bytes; it must have 1"),
                failure.getMessage());
        assertThrows(IllegalStateException.class, loop::start);
    }

    @Test
    void anAnswerWithAWrongStepNumberEndsTheLoopWithAnError() {
        fake.stepAnswer = (number, client) -> client.onNext(FakeServer.step(Math.min(number, 4), 1));
        CountingDriver driver = driver(100, NOTHING);
        StepLoop loop = env.loop(driver);
        loop.start();
        EnvironmentException failure = assertThrows(EnvironmentException.class, () -> loop.await(LONG));
        assertEquals(ErrorCode.INTERNAL, failure.code());
        assertEquals(3, driver.observed.size());
    }

    @Test
    void theErrorNamesAServerThatDied() {
        fake.stepAnswer = (number, client) -> {
            if (number < 5) {
                client.onNext(FakeServer.step(number, 1));
            } else {
                fake.die();
            }
        };
        StepLoop loop = env.loop(driver(100, NOTHING));
        loop.start();
        EnvironmentException failure = assertThrows(EnvironmentException.class, () -> loop.await(LONG));
        assertEquals(ErrorCode.UNAVAILABLE, failure.code());
        assertTrue(
                failure.getMessage().startsWith("the server at " + fake.address() + " was lost during a step"),
                failure.getMessage());
    }

    @Test
    void theRequestTimeoutLimitsEachStepAndNotTheWholeLoop() {
        Duration timeout = Duration.ofMillis(800);
        fake.stepAnswer = (number, client) -> {
            if (number < 12) {
                pause(100);
                client.onNext(FakeServer.step(number, 1));
            }
        };
        try (RemoteServer hasty = RemoteServer.connect(fake.address(), timeout);
                RemoteVectorEnv other = hasty.make("Count-v0", 1)) {
            other.reset();
            CountingDriver driver = driver(100, NOTHING);
            StepLoop loop = other.loop(driver);
            loop.start();
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> loop.await(LONG));
            assertEquals(ErrorCode.DEADLINE_EXCEEDED, failure.code());
            assertEquals(10, driver.observed.size());
        }
    }

    @Test
    void waitsNoLongerThanTheGivenTime() {
        fake.stepAnswer = (number, client) -> {
            pause(300);
            client.onNext(FakeServer.step(number, 1));
        };
        StepLoop loop = env.loop(driver(2, NOTHING));
        loop.start();
        assertFalse(loop.await(1_000_000));
        assertThrows(IllegalStateException.class, env::reset);
        assertTrue(loop.await(LONG));
    }

    @Test
    void aWaitingThreadCanBeInterrupted() {
        fake.stepAnswer = (number, client) -> {};
        StepLoop loop = env.loop(driver(2, NOTHING));
        loop.start();
        Thread.currentThread().interrupt();
        EnvironmentException failure = assertThrows(EnvironmentException.class, () -> loop.await(LONG));
        assertEquals(ErrorCode.CANCELLED, failure.code());
        assertTrue(Thread.interrupted());
    }

    private static CountingDriver driver(int steps, IntConsumer atEach) {
        return new CountingDriver(steps, 1, 1, atEach);
    }

    private static double[] flat(List<double[]> observed) {
        return observed.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
