// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.gymwire.env.space.NdArray;
import io.gymwire.proto.v1.CloseRequest;
import io.gymwire.proto.v1.EnvironmentServiceGrpc;
import io.gymwire.proto.v1.InfoSelection;
import io.gymwire.proto.v1.MakeRequest;
import io.gymwire.proto.v1.NoInfos;
import io.gymwire.proto.v1.ResetRequest;
import io.gymwire.proto.v1.StepRequest;
import io.gymwire.proto.v1.StepResponse;
import io.gymwire.proto.v1.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A session of a client that makes only unary calls (one request, one answer), with gRPC's generated code. The client
 * uses Gymwire's library only for the arrays that contain the actions.
 */
final class UnarySession implements AutoCloseable {

    private static final double LEASE_SECONDS = 600;

    private final ManagedChannel channel;
    private final EnvironmentServiceGrpc.EnvironmentServiceBlockingStub stub;
    private final String id;

    UnarySession(String address, String envId, int envs) {
        String target = address.startsWith("unix:") ? address : "dns:///" + address;
        channel = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
                .overrideAuthority("localhost")
                .build();
        stub = EnvironmentServiceGrpc.newBlockingStub(channel);
        id = stub.make(MakeRequest.newBuilder()
                        .setEnvId(envId)
                        .setNumEnvs(envs)
                        .setInfos(InfoSelection.newBuilder().setNone(NoInfos.getDefaultInstance()))
                        .setLeaseSeconds(LEASE_SECONDS)
                        .build())
                .getSessionId();
    }

    /** Resets environment i with seed i, takes steps, and measures only the steps. */
    InProcess.Run run(Actions actions, int steps) {
        stub.reset(ResetRequest.newBuilder().setSessionId(id).setSeed(0).build());
        double rewards = 0;
        long start = System.nanoTime();
        for (int step = 0; step < steps; step++) {
            StepResponse answer = stub.step(StepRequest.newBuilder()
                    .setSessionId(id)
                    .setActions(value(actions.at(step)))
                    .build());
            ByteBuffer data = answer.getRewards().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            while (data.hasRemaining()) {
                rewards += data.getDouble();
            }
        }
        return new InProcess.Run((System.nanoTime() - start) / 1e9, rewards);
    }

    private static Value value(NdArray array) {
        io.gymwire.proto.v1.NdArray.Builder message = io.gymwire.proto.v1.NdArray.newBuilder()
                // The contract numbers the dtypes in the order of DType, from 1.
                .setDtypeValue(array.dtype().ordinal() + 1)
                .setData(UnsafeByteOperations.unsafeWrap(array.data()));
        for (int length : array.shape()) {
            message.addShape(length);
        }
        return Value.newBuilder().setArray(message).build();
    }

    @Override
    public void close() {
        try {
            stub.close(CloseRequest.newBuilder().setSessionId(id).build());
        } finally {
            channel.shutdownNow();
        }
    }
}
