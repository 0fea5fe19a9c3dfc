// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.StepLoop;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.remote.CuttingProxy.Cut;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class ReconnectTest {
    private static final int STEPS = 12;

    /** An observation is [position, number of steps since Make], so a test detects an action that is applied twice. */
    private static final String COUNTING = "Faulty/WellBehaved-v0";

    private static ManagedServer process;
    private CuttingProxy proxy;
    private RemoteServer server;

    @BeforeAll
    static void startServer() {
        process = start();
    }

    private static ManagedServer start(String... further) {
        List<String> arguments = new ArrayList<>(List.of("--listen", "127.0.0.1:0", "--import", "faulty_envs"));
        arguments.addAll(List.of(further));
        return ManagedServer.start(
                arguments,
                Map.of(
                        "PYTHONPATH",
                        PythonTools.home().resolve("python-env-server/tests").toString()));
    }

    @AfterAll
    static void stopServer() {
        process.close();
    }

    @BeforeEach
    void connectThroughTheProxy() throws IOException {
        proxy = new CuttingProxy(process.address());
        server = RemoteServer.connect(proxy.address(), Duration.ofSeconds(20));
    }

    @AfterEach
    void disconnect() throws IOException {
        server.close();
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void aCutConnectionChangesNothing(Cut where) {
        List<NdArray> uncut;
        try (RemoteServer direct = process.connect();
                VectorEnv env = direct.make(COUNTING, 2)) {
            uncut = play(env, null);
        }
        try (VectorEnv env = server.make(COUNTING, 2)) {
            List<NdArray> cut = play(env, where);
            assertEquals(uncut, cut);
            assertEquals(STEPS, cut.get(STEPS).getDouble(1), "the number of steps that the environment counted");
        }
        assertTrue(proxy.made(where) >= STEPS, "the connection was cut only " + proxy.made(where) + " times");
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void aLoopContinuesAfterACut(Cut where) throws IOException {
        try (ManagedServer lean = start("--lean");
                CuttingProxy between = new CuttingProxy(lean.address());
                RemoteServer direct = lean.connect();
                RemoteServer through = RemoteServer.connect(between.address(), Duration.ofSeconds(20));
                VectorEnv reference = direct.make(COUNTING, 2);
                VectorEnv env = through.make(COUNTING, 2)) {
            CountingDriver uncut = new CountingDriver(STEPS, 2, 4, step -> {});
            reference.reset(3, 4);
            run(reference.loop(uncut));
            CountingDriver cut = new CountingDriver(STEPS, 2, 4, step -> {
                if (step % 2 == 0) {
                    between.cut(where);
                }
            });
            env.reset(3, 4);
            run(env.loop(cut));
            assertArrayEquals(uncut.observed.toArray(), cut.observed.toArray());
            assertTrue(between.made(where) >= STEPS / 2 - 1, "only " + between.made(where) + " cuts");
        }
    }

    private static void run(StepLoop loop) {
        loop.start();
        assertTrue(loop.await(Duration.ofSeconds(60).toNanos()));
    }

    @Test
    void allSessionsOfACutConnectionContinue() {
        try (VectorEnv first = server.make(COUNTING, 1);
                VectorEnv second = server.make(COUNTING, 1)) {
            first.reset();
            second.reset();
            NdArray right = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);
            first.sendStep(right);
            second.sendStep(right);
            proxy.cutAll();
            assertEquals(1.0, first.receiveStep().observations().getDouble(1));
            assertEquals(1.0, second.receiveStep().observations().getDouble(1));
            assertEquals(2.0, first.step(right).observations().getDouble(1));
        }
    }

    @Test
    void theClientRetriesWhileTheServerStillCountsTheBrokenStream() throws IOException {
        try (ManagedServer oneStream = start("--max-streams", "1");
                CuttingProxy between = new CuttingProxy(oneStream.address());
                RemoteServer through = RemoteServer.connect(between.address(), Duration.ofSeconds(20));
                VectorEnv env = through.make(COUNTING, 1)) {
            env.reset();
            NdArray right = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);
            between.cutAllUnnoticed(Duration.ofMillis(800));
            long before = System.nanoTime();
            assertEquals(1.0, env.step(right).observations().getDouble(1));
            assertTrue(System.nanoTime() - before > Duration.ofMillis(600).toNanos(), "the old stream caused no delay");
            assertEquals(2.0, env.step(right).observations().getDouble(1));
        }
    }

    @Test
    void aServerThatIsNoLongerReachableIsLostWithinSeconds() {
        try (VectorEnv env = server.make(COUNTING, 1)) {
            env.reset();
            NdArray right = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);
            EnvironmentException failure = assertTimeoutPreemptively(Duration.ofSeconds(8), () -> {
                proxy.close();
                return assertThrows(EnvironmentException.class, () -> env.step(right));
            });
            assertEquals(ErrorCode.UNAVAILABLE, failure.code());
            assertTrue(failure.getMessage().contains("was lost during a step of " + COUNTING), failure.getMessage());
        }
    }

    /** The wait for a lost server takes more than 2 s, so 16 waits one after the other would take more than 32 s. */
    @Test
    void theSessionsOfALostServerWaitForItOnlyOnce() throws IOException {
        List<VectorEnv> sessions = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            sessions.add(server.make(COUNTING, 1));
            sessions.get(i).reset();
        }
        NdArray right = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);
        proxy.close();
        assertTimeoutPreemptively(
                Duration.ofSeconds(25),
                () -> sessions.forEach(env -> assertThrows(EnvironmentException.class, () -> env.step(right))));
        sessions.forEach(VectorEnv::close);
    }

    /** Without the lease as a limit, the client would repeat its request until the request timeout, 300 s. */
    @Test
    void aSessionIsLostWhenItsLeaseEndsBeforeTheServerIsReachedAgain() {
        MakeOptions options = MakeOptions.of(COUNTING).withLease(Duration.ofSeconds(2));
        try (RemoteServer patient = RemoteServer.connect(proxy.address(), Duration.ofSeconds(300));
                VectorEnv env = patient.make(options)) {
            env.reset();
            NdArray right = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);
            proxy.cutAllFromNowOn();
            EnvironmentException failure = assertTimeoutPreemptively(
                    Duration.ofSeconds(60), () -> assertThrows(EnvironmentException.class, () -> env.step(right)));
            assertEquals(ErrorCode.UNAVAILABLE, failure.code());
            assertTrue(failure.getMessage().contains("was lost during a step of " + COUNTING), failure.getMessage());
        }
    }

    /** The proxy acts like a suspended server (SIGSTOP): it accepts connections, but HTTP/2 never begins on them. */
    @Test
    void aServerThatAcceptsConnectionsButSaysNothingIsLostAtTheEndOfTheLease() {
        MakeOptions options = MakeOptions.of(COUNTING).withLease(Duration.ofSeconds(2));
        try (RemoteServer patient = RemoteServer.connect(proxy.address(), Duration.ofSeconds(300));
                VectorEnv env = patient.make(options)) {
            env.reset();
            NdArray right = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);
            proxy.cutAllAndSayNothing();
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> env.step(right));
            assertEquals(ErrorCode.UNAVAILABLE, failure.code());
            String words = "no connection for 2.0 s, until the session's lease ended";
            assertTrue(failure.getMessage().contains(words), failure.getMessage());
        }
    }

    /** If the agent took this for a slow environment, the run would end although other servers answer. */
    @Test
    void aServerThatIsNotReachedAgainBeforeTheTimeoutOfTheRequestIsLost() {
        ConnectOptions hasty = ConnectOptions.of(proxy.address())
                .withTimeouts(new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(60)));
        try (RemoteServer impatient = RemoteServer.connect(hasty);
                VectorEnv env = impatient.make(COUNTING, 1)) {
            env.reset();
            NdArray right = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);
            proxy.cutAllAndSayNothing();
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> env.step(right));
            assertEquals(ErrorCode.UNAVAILABLE, failure.code());
            String message = failure.getMessage();
            assertTrue(message.contains("no connection for ") && message.contains("the request's timeout"), message);
        }
    }

    /** The lease limits only the time without a connection: while a stream uses the session, the lease does not run. */
    @Test
    void aStepCanTakeLongerThanTheLeaseEvenAfterTwoCuts() {
        MakeOptions options = MakeOptions.of("Faulty/SlowSteps-v0").withLease(Duration.ofSeconds(2));
        try (RemoteServer patient = RemoteServer.connect(proxy.address(), Duration.ofSeconds(300));
                VectorEnv env = patient.make(options)) {
            env.reset();
            proxy.cut(Cut.AFTER_REQUEST);
            // The second cut comes after 2.5 s. The lease is 2 s, and must begin again with the second cut.
            CompletableFuture.delayedExecutor(2500, TimeUnit.MILLISECONDS).execute(proxy::cutAll);
            VectorStep step = env.step(NdArray.ofLongs(DType.INT64, new int[] {1}, 1));
            assertEquals(1, proxy.made(Cut.AFTER_REQUEST));
            assertEquals(1.0, step.observations().getDouble(1), "the number of steps that the environment counted");
        }
    }

    /** Returns each answer's observations, of shape [2, 2]. Each exchange is cut at {@code where} (null: not cut). */
    private List<NdArray> play(VectorEnv env, Cut where) {
        List<NdArray> trajectory = new ArrayList<>();
        cut(where);
        trajectory.add(env.reset(3, 4).observations());
        for (int i = 0; i < STEPS; i++) {
            cut(where);
            VectorStep step = env.step(NdArray.ofLongs(DType.INT64, new int[] {2}, i % 2, (i / 3) % 2));
            trajectory.add(step.observations());
            assertEquals(1.0, step.reward(0));
        }
        return trajectory;
    }

    private void cut(Cut where) {
        if (where != null) {
            proxy.cut(where);
        }
    }
}
