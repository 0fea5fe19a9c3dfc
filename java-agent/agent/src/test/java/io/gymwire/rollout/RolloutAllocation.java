// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gymwire.distribution.ActionModel;
import io.gymwire.distribution.GaussianSettings;
import io.gymwire.env.InfoSelection;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Mlp;
import io.gymwire.observe.Encoders;
import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.policy.Policy;
import io.gymwire.proto.v1.DType;
import io.gymwire.proto.v1.EnvironmentServiceGrpc;
import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractResponse;
import io.gymwire.proto.v1.MakeRequest;
import io.gymwire.proto.v1.NdArray;
import io.gymwire.proto.v1.NoInfos;
import io.gymwire.proto.v1.ResetRequest;
import io.gymwire.proto.v1.StepRequest;
import io.gymwire.proto.v1.Value;
import io.gymwire.settings.Settings;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A program that prints how many bytes of memory a step allocates: first with gRPC and protobuf only, then with
 * rollouts, then with rollouts of chosen elements of the observation (setting {@code observe}). Here, a step is one
 * step of all environments. {@link RolloutAllocationTest} runs the program.
 */
final class RolloutAllocation {
    private static final String ENVIRONMENT = "Pendulum-v1";
    private static final int ENVS = 4;
    private static final int EPISODE = 200; // steps
    /** The number of steps in one measurement. No episode ends during these steps. */
    private static final int STEPS = 150;
    /** The number of steps before the measurement. After these steps, all classes are loaded. */
    private static final int WARM_UP = 2 * EPISODE;
    /**
     * The number of measurements for each kind of rollout. The smallest result is printed, because gRPC sometimes
     * renews a buffer during a measurement.
     */
    private static final int ROUNDS = 3;

    private RolloutAllocation() {}

    /**
     * Prints the bytes per step.
     *
     * @param args the address of a server
     */
    public static void main(String[] args) throws InterruptedException {
        System.out.println(bareBytesPerStep(args[0]));
        System.out.println(rolloutBytesPerStep(args[0], new int[0]));
        System.out.println(rolloutBytesPerStep(args[0], new int[] {0, 1, 2}));
    }

    private static long rolloutBytesPerStep(String address, int[] observed) {
        MakeOptions options = MakeOptions.of(ENVIRONMENT).withNumEnvs(ENVS).withInfos(InfoSelection.none());
        try (RemoteServer connection = RemoteServer.connect(address);
                VectorEnv env = connection.make(options)) {
            ActionModel actions =
                    ActionModel.of(env.singleActionSpace(), Settings.DEFAULTS.with(GaussianSettings.INIT_LOG_STD, 0.0));
            Policy policy = new Policy(new Mlp(3, 64, 64, 1), actions.distribution());
            double[] theta = new double[policy.parameterCount()];
            policy.initialize(new RandomStream(1, RandomStream.Role.POLICY_INIT, 0), theta);
            RandomStream[] random = new RandomStream[ENVS];
            Arrays.setAll(random, i -> new RandomStream(1, RandomStream.Role.ACTION, i));
            ObservationNormalizer normalizer = new ObservationNormalizer(true, true, true);
            RolloutCollector collector = new RolloutCollector(
                    List.of(env),
                    Encoders.of(env.singleObservationSpace(), observed),
                    actions.decoder(),
                    new Actor(policy, theta, normalizer, random));
            collector.reset(new long[ENVS]);
            collector.collect(new Rollout(WARM_UP, ENVS, 3, 1), () -> false);
            Rollout rollout = new Rollout(STEPS, ENVS, 3, 1);
            Rollout restOfEpisode = new Rollout(EPISODE - STEPS, ENVS, 3, 1);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long before = allocated();
                collector.collect(rollout, () -> false);
                least = Math.min(least, (allocated() - before) / STEPS);
                collector.collect(restOfEpisode, () -> false);
            }
            return least;
        }
    }

    /**
     * The bytes per step with only gRPC and protobuf. Each request is sent after the response to the previous request.
     */
    private static long bareBytesPerStep(String address) throws InterruptedException {
        ManagedChannel channel = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                .directExecutor()
                .disableRetry()
                .build();
        try {
            ClientCall<InteractRequest, InteractResponse> call =
                    channel.newCall(EnvironmentServiceGrpc.getInteractMethod(), CallOptions.DEFAULT);
            Exchange exchange = new Exchange(call);
            call.start(exchange, new Metadata());
            call.request(Integer.MAX_VALUE);
            call.sendMessage(InteractRequest.newBuilder()
                    .setMake(MakeRequest.newBuilder()
                            .setEnvId(ENVIRONMENT)
                            .setNumEnvs(ENVS)
                            .setInfos(io.gymwire.proto.v1.InfoSelection.newBuilder()
                                    .setNone(NoInfos.getDefaultInstance())))
                    .build());
            exchange.ended.await();
            return (exchange.after - exchange.before) / STEPS;
        } finally {
            channel.shutdownNow();
        }
    }

    private static final class Exchange extends ClientCall.Listener<InteractResponse> {
        final CountDownLatch ended = new CountDownLatch(1);
        private final ClientCall<InteractRequest, InteractResponse> call;
        private StepRequest step;
        volatile int answers;
        long before;
        long after;

        Exchange(ClientCall<InteractRequest, InteractResponse> call) {
            this.call = call;
        }

        @Override
        public void onMessage(InteractResponse response) {
            int number = answers; // 0 for Make, 1 for the reset
            answers++;
            if (number == 0) {
                reset(response.getMake().getSessionId());
                return;
            }
            if (number == 1 + WARM_UP) {
                before = allocated();
            } else if (number == 1 + WARM_UP + STEPS) {
                after = allocated();
                ended.countDown();
                return;
            }
            call.sendMessage(InteractRequest.newBuilder()
                    .setStep(step.toBuilder().setStepNumber(number + 1).build())
                    .build());
        }

        private void reset(String session) {
            NdArray actions = NdArray.newBuilder()
                    .setDtype(DType.DTYPE_FLOAT32)
                    .addShape(ENVS)
                    .addShape(1)
                    .setData(ByteString.copyFrom(new byte[4 * ENVS]))
                    .build();
            step = StepRequest.newBuilder()
                    .setSessionId(session)
                    .setActions(Value.newBuilder().setArray(actions))
                    .build();
            call.sendMessage(InteractRequest.newBuilder()
                    .setReset(ResetRequest.newBuilder()
                            .setSessionId(session)
                            .setStepNumber(1)
                            .setSeed(0))
                    .build());
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended.countDown();
        }
    }

    /** The bytes that all running threads have allocated so far. */
    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .sum();
    }
}
