// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.StreamObserver;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.proto.v1.CloseRequest;
import io.gymwire.proto.v1.CloseResponse;
import io.gymwire.proto.v1.DiscreteSpace;
import io.gymwire.proto.v1.EnvironmentServiceGrpc.EnvironmentServiceImplBase;
import io.gymwire.proto.v1.ErrorDetail;
import io.gymwire.proto.v1.GetServerInfoRequest;
import io.gymwire.proto.v1.GetServerInfoResponse;
import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractResponse;
import io.gymwire.proto.v1.ListEnvironmentsRequest;
import io.gymwire.proto.v1.ListEnvironmentsResponse;
import io.gymwire.proto.v1.MakeRequest;
import io.gymwire.proto.v1.MakeResponse;
import io.gymwire.proto.v1.ProtocolVersion;
import io.gymwire.proto.v1.ResetResponse;
import io.gymwire.proto.v1.Space;
import io.gymwire.proto.v1.StepResponse;
import io.gymwire.proto.v1.Value;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A server on a free port of this machine. The observation of its only environment is the number of the step, or 0
 * after a reset. A test chooses how the server answers a step, and reads the requests that the server received.
 */
final class FakeServer extends EnvironmentServiceImplBase implements AutoCloseable {
    /** Answers one step, or sends no answer. */
    interface StepAnswer {
        void answer(long stepNumber, StreamObserver<InteractResponse> client);
    }

    /** The requests in order. If a client's stream fails or is cancelled, an empty request is added. */
    final List<InteractRequest> requests = new CopyOnWriteArrayList<>();

    /** The session ids of the unary Closes. */
    final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

    /** The space of an observation and of an action. */
    volatile Space space = Space.newBuilder()
            .setDiscrete(DiscreteSpace.newBuilder().setN(100).setDtype(io.gymwire.proto.v1.DType.DTYPE_INT64))
            .build();

    /** The lease of a session. */
    volatile double leaseSeconds;

    /** Whether unary Closes get an answer. */
    volatile boolean answersCloses = true;
    /** The context of the last unary Close; it is cancelled when the call ends. */
    volatile Context closeContext;

    volatile StepAnswer stepAnswer = (number, client) -> client.onNext(step(number, 1));
    /** The client's deadline of the last GetServerInfo. */
    volatile Deadline infoDeadline;
    /** The error with which GetServerInfo fails; null if it succeeds. */
    volatile Status infoFailure;

    private final int protocolMajor;
    private final Server server;
    private final int port;

    FakeServer(int protocolMajor) throws IOException {
        this.protocolMajor = protocolMajor;
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(this)
                .build()
                .start();
        port = server.getPort();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    void die() {
        server.shutdownNow();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    @Override
    public void getServerInfo(GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> client) {
        infoDeadline = Context.current().getDeadline();
        if (infoFailure != null) {
            client.onError(infoFailure.asRuntimeException());
            return;
        }
        client.onNext(GetServerInfoResponse.newBuilder()
                .setServerVersion("9.9")
                .addCapabilities("interact")
                .setProtocolVersion(
                        ProtocolVersion.newBuilder().setMajor(protocolMajor).setMinor(4))
                .build());
        client.onCompleted();
    }

    @Override
    public void listEnvironments(ListEnvironmentsRequest request, StreamObserver<ListEnvironmentsResponse> client) {
        Metadata trailers = new Metadata();
        trailers.put(
                Metadata.Key.of("gymwire-error-bin", ProtoUtils.metadataMarshaller(ErrorDetail.getDefaultInstance())),
                actionError(false));
        client.onError(Status.INVALID_ARGUMENT.withDescription("short").asRuntimeException(trailers));
    }

    @Override
    public void close(CloseRequest request, StreamObserver<CloseResponse> client) {
        closeContext = Context.current();
        closed.add(request.getSessionId());
        if (answersCloses) {
            client.onNext(CloseResponse.getDefaultInstance());
            client.onCompleted();
        }
    }

    @Override
    public StreamObserver<InteractRequest> interact(StreamObserver<InteractResponse> client) {
        return new StreamObserver<>() {
            @Override
            public void onNext(InteractRequest request) {
                requests.add(request);
                switch (request.getRequestCase()) {
                    case MAKE -> client.onNext(made(request.getMake()));
                    case RESET ->
                        client.onNext(InteractResponse.newBuilder()
                                .setReset(ResetResponse.newBuilder()
                                        .setStepNumber(request.getReset().getStepNumber())
                                        .setObservations(count(1, 0)))
                                .build());
                    case STEP -> stepAnswer.answer(request.getStep().getStepNumber(), client);
                    case CLOSE ->
                        client.onNext(InteractResponse.newBuilder()
                                .setClose(CloseResponse.getDefaultInstance())
                                .build());
                    case REQUEST_NOT_SET -> client.onError(Status.INTERNAL.asRuntimeException());
                }
            }

            @Override
            public void onError(Throwable failure) {
                requests.add(InteractRequest.getDefaultInstance());
            }

            @Override
            public void onCompleted() {
                client.onCompleted();
            }
        };
    }

    /**
     * Makes the answer to a step. Each of the n observations is the step's number. The answer has only one reward, half
     * of this number. So the answer is valid only for n = 1.
     */
    static InteractResponse step(long number, int n) {
        NdArray rewards = NdArray.ofDoubles(DType.FLOAT64, new int[] {1}, number / 2.0);
        return InteractResponse.newBuilder()
                .setStep(StepResponse.newBuilder()
                        .setStepNumber(number)
                        .setObservations(count(n, number))
                        .setRewards(ByteString.copyFrom(rewards.data()))
                        .setTerminated(ByteString.copyFrom(new byte[n]))
                        .setTruncated(ByteString.copyFrom(new byte[n]))
                        .setResetMask(ByteString.copyFrom(new byte[n])))
                .build();
    }

    static ErrorDetail actionError(boolean sessionAlive) {
        return ErrorDetail.newBuilder()
                .setCode(3)
                .setMessage("the action 7 of environment 2 is not in Discrete(2)")
                .setExceptionClass("gymnasium.error.InvalidAction")
                .setTraceback("Traceback ...")
                .setEnvIndex(2)
                .setSessionAlive(sessionAlive)
                .build();
    }

    private InteractResponse made(MakeRequest request) {
        return InteractResponse.newBuilder()
                .setMake(MakeResponse.newBuilder()
                        .setSessionId("s1")
                        .setNumEnvs(request.getNumEnvs())
                        .setAutoresetMode(request.getAutoresetMode())
                        .setLeaseSeconds(leaseSeconds)
                        .setSingleObservationSpace(space)
                        .setSingleActionSpace(space))
                .build();
    }

    private static Value count(int n, long number) {
        long[] values = new long[n];
        Arrays.fill(values, number);
        return Value.newBuilder()
                .setArray(NdArrays.encode(NdArray.ofLongs(DType.INT64, new int[] {n}, values)))
                .build();
    }
}
