// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractRequest.RequestCase;
import io.gymwire.proto.v1.InteractResponse;
import io.gymwire.proto.v1.Space;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RemoteVectorEnvTest {
    private static final NdArray ACTION = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);

    private FakeServer fake;
    private RemoteServer server;

    @BeforeEach
    void connect() throws IOException {
        fake = new FakeServer(1);
        server = RemoteServer.connect(fake.address(), Duration.ofSeconds(20));
    }

    @AfterEach
    void disconnect() {
        server.close();
        fake.close();
    }

    @Test
    void resetsAndStepsAreNumberedTogetherFromOne() {
        try (RemoteVectorEnv env = server.make("Count-v0", 1)) {
            assertEquals(0, env.reset(5).observations().getLong(0));
            env.step(ACTION);
            VectorStep step = env.step(ACTION);
            assertEquals(3, step.observations().getLong(0));
            assertEquals(1.5, step.reward(0));
            assertFalse(step.ended(0) || step.wasReset(0));
            assertThrows(IllegalStateException.class, () -> step.finalObservation(0));
        }
        assertEquals(
                List.of(RequestCase.MAKE, RequestCase.RESET, RequestCase.STEP, RequestCase.STEP, RequestCase.CLOSE),
                fake.requests.stream().map(InteractRequest::getRequestCase).toList());
        assertEquals(1, fake.requests.get(1).getReset().getStepNumber());
        assertEquals(5, fake.requests.get(1).getReset().getSeeds().getSeeds(0).getValue());
        assertEquals(3, fake.requests.get(3).getStep().getStepNumber());
        assertEquals("s1", fake.requests.get(4).getClose().getSessionId());
    }

    @Test
    void twoSessionsHaveStepsUnderWayAtTheSameTime() {
        try (RemoteVectorEnv first = server.make("Count-v0", 1);
                RemoteVectorEnv second = server.make("Count-v0", 1)) {
            first.reset();
            second.reset();
            first.step(ACTION);
            first.sendStep(ACTION);
            second.sendStep(ACTION);
            assertEquals(2, second.receiveStep().observations().getLong(0));
            assertEquals(3, first.receiveStep().observations().getLong(0));
        }
    }

    @Test
    void aRefusedActionChangesNeitherTheSessionNorItsNumbering() {
        fake.stepAnswer = (number, client) -> client.onNext(InteractResponse.newBuilder()
                .setError(FakeServer.actionError(true))
                .build());
        try (RemoteVectorEnv env = server.make("Count-v0", 1)) {
            env.reset();
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> env.step(ACTION));
            assertEquals("Count-v0: the action 7 of environment 2 is not in Discrete(2)", failure.getMessage());
            assertEquals(ErrorCode.INVALID_ARGUMENT, failure.code());
            assertEquals(OptionalInt.of(2), failure.envIndex());
            assertEquals("gymnasium.error.InvalidAction", failure.exceptionClass());
            assertEquals("Traceback ...", failure.traceback());
            assertEquals(fake.address(), failure.address());
            assertTrue(failure.sessionAlive());
            fake.stepAnswer = (number, client) -> client.onNext(FakeServer.step(number, 1));
            assertEquals(2, env.step(ACTION).observations().getLong(0));
        }
    }

    @Test
    void aLostSessionRefusesFurtherUse() {
        fake.stepAnswer = (number, client) -> client.onNext(InteractResponse.newBuilder()
                .setError(FakeServer.actionError(false))
                .build());
        try (RemoteVectorEnv env = server.make("Count-v0", 1)) {
            env.reset();
            assertThrows(EnvironmentException.class, () -> env.step(ACTION));
            IllegalStateException failure = assertThrows(IllegalStateException.class, env::reset);
            assertTrue(failure.getMessage().contains("Count-v0"), failure.getMessage());
        }
    }

    @Test
    void anAnswerToAnotherStepEndsTheSession() {
        fake.stepAnswer = (number, client) -> client.onNext(FakeServer.step(number - 1, 1));
        try (RemoteVectorEnv env = server.make("Count-v0", 1)) {
            env.reset();
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> env.step(ACTION));
            assertEquals(ErrorCode.INTERNAL, failure.code());
            assertEquals(
                    "the server at " + fake.address() + " answered a step of Count-v0 with the number 1 instead of 2; "
                            + "use a client and a server of the same release",
                    failure.getMessage());
            assertThrows(IllegalStateException.class, () -> env.step(ACTION));
        }
    }

    @Test
    void aStepWithoutAnswerFailsAfterTheRequestTimeout() {
        fake.stepAnswer = (number, client) -> {};
        try (RemoteServer hasty = RemoteServer.connect(fake.address(), Duration.ofMillis(1500));
                RemoteVectorEnv env = hasty.make("Count-v0", 1)) {
            env.reset();
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> env.step(ACTION));
            assertEquals(ErrorCode.DEADLINE_EXCEEDED, failure.code());
            assertEquals(
                    "the server at " + fake.address() + " did not answer a step of Count-v0 within 1.5 s; raise "
                            + "the timeout (--request-timeout SECONDS, or withTimeouts in Java code) if the environment "
                            + "is slow; it may also hang",
                    failure.getMessage());
            assertThrows(IllegalStateException.class, () -> env.step(ACTION));
        }
    }

    @Test
    void afterATimeoutTheSessionIsClosedOnTheServer() {
        fake.stepAnswer = (number, client) -> {};
        try (RemoteServer hasty = RemoteServer.connect(fake.address(), Duration.ofMillis(500));
                RemoteVectorEnv env = hasty.make("Count-v0", 1)) {
            env.reset();
            assertThrows(EnvironmentException.class, () -> env.step(ACTION));
            env.close();
            assertEquals("s1", fake.closed.poll());
        }
    }

    @Test
    void aSessionWhoseDescriptionCannotBeReadIsClosedOnTheServer() {
        fake.space = Space.getDefaultInstance();
        EnvironmentException failure = assertThrows(EnvironmentException.class, () -> server.make("Count-v0", 1));
        assertEquals(ErrorCode.INTERNAL, failure.code());
        assertEquals("s1", fake.closed.poll());
    }

    @Test
    void timesWithoutEndAreLimited() {
        Duration forever = ChronoUnit.FOREVER.getDuration();
        fake.leaseSeconds = 1e300;
        fake.stepAnswer = (number, client) -> {
            fake.stepAnswer = (again, other) -> other.onNext(FakeServer.step(again, 1));
            client.onError(Status.UNAVAILABLE.asRuntimeException());
        };
        MakeOptions options = MakeOptions.of("Count-v0").withLease(forever);
        try (RemoteServer patient = RemoteServer.connect(fake.address(), forever);
                RemoteVectorEnv env = patient.make(options)) {
            env.reset();
            assertEquals(2, env.step(ACTION).observations().getLong(0));
        }
        assertEquals(
                Duration.ofDays(365).toSeconds(), fake.requests.get(0).getMake().getLeaseSeconds());
    }

    @Test
    void aSessionWithAStepInFlightIsClosedOnTheServer() {
        fake.stepAnswer = (number, client) -> {};
        RemoteVectorEnv env = server.make("Count-v0", 1);
        env.reset();
        env.sendStep(ACTION);
        env.close();
        assertEquals("s1", fake.closed.poll());
    }

    @Test
    void aServerThatLeavesACloseUnansweredIsWaitedForOnlyOnce() throws InterruptedException {
        fake.stepAnswer = (number, client) -> {};
        fake.answersCloses = false;
        RemoteVectorEnv first = server.make("Count-v0", 1);
        RemoteVectorEnv second = server.make("Count-v0", 1);
        for (RemoteVectorEnv env : List.of(first, second)) {
            env.reset();
            env.sendStep(ACTION);
        }
        first.close();
        assertEquals("s1", fake.closed.poll());
        second.close();
        assertEquals("s1", fake.closed.poll(30, TimeUnit.SECONDS));
        assertFalse(fake.closeContext.isCancelled(), "the client waited until the deadline of the second Close");
    }

    @Test
    void aServerThatDiesDuringAStepIsReported() {
        fake.stepAnswer = (number, client) -> fake.die();
        try (RemoteVectorEnv env = server.make("Count-v0", 1)) {
            env.reset();
            EnvironmentException failure = assertTimeoutPreemptively(
                    Duration.ofSeconds(5), () -> assertThrows(EnvironmentException.class, () -> env.step(ACTION)));
            assertEquals(ErrorCode.UNAVAILABLE, failure.code());
            assertTrue(
                    failure.getMessage().startsWith("the server at " + fake.address() + " was lost during a step"),
                    failure.getMessage());
        }
    }

    @Test
    void aServerThatEndsTheStreamIsReportedWithTheStatus() {
        fake.stepAnswer = (number, client) -> client.onError(
                Status.RESOURCE_EXHAUSTED.withDescription("too big").asRuntimeException());
        try (RemoteVectorEnv env = server.make("Count-v0", 1)) {
            env.reset();
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> env.step(ACTION));
            assertEquals(ErrorCode.RESOURCE_EXHAUSTED, failure.code());
            assertTrue(failure.getMessage().endsWith("RESOURCE_EXHAUSTED (too big)"), failure.getMessage());
        }
    }

    @Test
    void anAnswerOfTheWrongSizeIsRefused() {
        fake.stepAnswer = (number, client) -> client.onNext(FakeServer.step(number, 2));
        try (RemoteVectorEnv env = server.make("Count-v0", 1)) {
            env.reset();
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> env.step(ACTION));
            assertEquals(ErrorCode.INTERNAL, failure.code());
            assertTrue(
                    failure.getMessage().endsWith("field 'terminated' of a StepResponse has 2 bytes; it must have 1"),
                    failure.getMessage());
        }
    }

    @Test
    void callsOutOfOrderAreRefused() {
        RemoteVectorEnv env = server.make("Count-v0", 1);
        assertThrows(IllegalStateException.class, env::receiveStep);
        assertThrows(IllegalArgumentException.class, () -> env.reset(1, 2));
        env.reset();
        env.sendStep(ACTION);
        assertThrows(IllegalStateException.class, () -> env.sendStep(ACTION));
        assertThrows(IllegalStateException.class, env::reset);
        env.receiveStep();
        env.close();
        env.close();
        assertThrows(IllegalStateException.class, env::reset);
    }

    @Test
    void aWaitingThreadMayBeInterrupted() throws InterruptedException {
        fake.stepAnswer = (number, client) -> {};
        try (RemoteVectorEnv env = server.make("Count-v0", 1)) {
            env.reset();
            EnvironmentException[] failure = new EnvironmentException[1];
            boolean[] stillInterrupted = new boolean[1];
            Thread thread = new Thread(() -> {
                failure[0] = assertThrows(EnvironmentException.class, () -> env.step(ACTION));
                stillInterrupted[0] = Thread.currentThread().isInterrupted();
            });
            thread.start();
            thread.interrupt();
            thread.join();
            assertEquals(ErrorCode.CANCELLED, failure[0].code());
            assertTrue(stillInterrupted[0]);
        }
    }

    @Test
    void anInterruptedThreadClosesItsSessionOnTheServerButDoesNotWaitForTheAnswer() throws InterruptedException {
        fake.stepAnswer = (number, client) -> {};
        fake.answersCloses = false;
        RemoteVectorEnv env = server.make("Count-v0", 1);
        env.reset();
        Thread.currentThread().interrupt();
        assertThrows(EnvironmentException.class, () -> env.step(ACTION));
        env.close();
        assertTrue(Thread.interrupted());
        assertEquals("s1", fake.closed.poll(30, TimeUnit.SECONDS));
        assertFalse(fake.closeContext.isCancelled(), "the client waited until the deadline of the Close");
    }

    @Test
    void errorsOfUnaryCallsHaveTheDetailFromTheTrailingMetadata() {
        EnvironmentException failure = assertThrows(EnvironmentException.class, server::listEnvironments);
        assertEquals(ErrorCode.INVALID_ARGUMENT, failure.code());
        assertEquals(OptionalInt.of(2), failure.envIndex());
        assertEquals("the action 7 of environment 2 is not in Discrete(2)", failure.getMessage());
    }

    @Test
    void anotherMajorProtocolVersionIsRefused() throws IOException {
        try (FakeServer newer = new FakeServer(2)) {
            EnvironmentException failure =
                    assertThrows(EnvironmentException.class, () -> RemoteServer.connect(newer.address()));
            assertEquals(
                    "the server at " + newer.address() + " uses protocol version 2.4, but this client"
                            + " uses version 1; use a client and a server of the same release",
                    failure.getMessage());
        }
    }

    @Test
    void theErrorNamesTheAddressIfThereIsNoServer() {
        fake.die();
        EnvironmentException failure =
                assertThrows(EnvironmentException.class, () -> RemoteServer.connect(fake.address()));
        assertEquals(ErrorCode.UNAVAILABLE, failure.code());
        assertTrue(
                failure.getMessage().startsWith("the server at " + fake.address() + " cannot be reached: "),
                failure.getMessage());
    }

    @Test
    void onlyAManagedServerMayTakeLongerThan30SecondsForItsFirstAnswer() {
        assertTrue(fake.infoDeadline.timeRemaining(TimeUnit.SECONDS) <= 20, "the timeout of 20 s");
        ConnectOptions options = ConnectOptions.of(fake.address());
        RemoteServer.connect(options).close();
        assertTrue(fake.infoDeadline.timeRemaining(TimeUnit.SECONDS) <= 30, fake.infoDeadline.toString());
        RemoteServer.connect(options, () -> "").close();
        assertTrue(fake.infoDeadline.timeRemaining(TimeUnit.SECONDS) > 30, fake.infoDeadline.toString());
    }

    @Test
    void ifTheFirstAnswerOfARunningServerIsLateTheErrorNamesTheLimitAndARemedy() {
        fake.infoFailure = Status.DEADLINE_EXCEEDED;
        EnvironmentException failure =
                assertThrows(EnvironmentException.class, () -> RemoteServer.connect(fake.address()));
        assertEquals(ErrorCode.DEADLINE_EXCEEDED, failure.code());
        assertEquals(
                "the server at " + fake.address() + " did not answer GetServerInfo within 30 s; check that its process"
                        + " is not suspended, or wait longer for it (--wait-servers SECONDS)",
                failure.getMessage());
    }

    @Test
    void malformedAddressesAreRefused() {
        for (String address : List.of("localhost", ":80", "localhost:http", "localhost:70000", "")) {
            IllegalArgumentException failure =
                    assertThrows(IllegalArgumentException.class, () -> RemoteServer.connect(address));
            assertTrue(failure.getMessage().contains("'" + address + "'"), failure.getMessage());
        }
    }

    @Test
    void kwargsWithoutCounterpartInPythonAreRefusedBeforeSending() {
        MakeOptions options = MakeOptions.of("Count-v0").withKwargs(java.util.Map.of("x", 'c'));
        assertThrows(IllegalArgumentException.class, () -> server.make(options));
        assertTrue(fake.requests.isEmpty());
        assertThrows(
                IllegalArgumentException.class, () -> MakeOptions.of("Count-v0").withNumEnvs(0));
    }
}
