// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.AutoresetMode;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.EnvironmentSpec;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.ResetOptions;
import io.gymwire.env.Seeds;
import io.gymwire.env.Snapshot;
import io.gymwire.env.StepDriver;
import io.gymwire.env.StepLoop;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.Vectorization;
import io.gymwire.env.space.Batches;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import io.gymwire.proto.v1.CallArguments;
import io.gymwire.proto.v1.CallRequest;
import io.gymwire.proto.v1.CloseRequest;
import io.gymwire.proto.v1.GetAttribute;
import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractResponse;
import io.gymwire.proto.v1.InteractResponse.ResponseCase;
import io.gymwire.proto.v1.MakeResponse;
import io.gymwire.proto.v1.RenderRequest;
import io.gymwire.proto.v1.ResetRequest;
import io.gymwire.proto.v1.ResetResponse;
import io.gymwire.proto.v1.RestoreRequest;
import io.gymwire.proto.v1.RestoreResponse;
import io.gymwire.proto.v1.SnapshotRequest;
import io.gymwire.proto.v1.StepRequest;
import io.gymwire.proto.v1.StepResponse;
import io.gymwire.proto.v1.Value;
import io.gymwire.proto.v1.ValueList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The environments of one session on a server. The session has its own stream. After a broken connection, the client
 * connects again and repeats the request, except a render or the call of a method. It tries this until the request
 * timeout has passed or the session's lease has ended. No action is applied twice. A request fails with an
 * {@link EnvironmentException} if it gets no answer within this time, if the server dies, or if the server's address
 * refuses connections for some seconds. The exception names the environment and the server. The session is then lost. A
 * request also fails if the server answers with an error, or if the connection breaks during a render or the call of a
 * method. In these cases, the session is lost unless {@link EnvironmentException#sessionAlive} returns true.
 */
public final class RemoteVectorEnv implements VectorEnv {
    private final ServerInfo server;
    private final String address;
    private final SessionStream stream;
    private final String envId;
    private final MakeResponse session;
    private final EnvironmentSpec spec;
    private final AutoresetMode autoresetMode;
    private final Space observationSpace;
    private final Space actionSpace;
    private final Map<String, Object> metadata;

    /** Opens a session. */
    RemoteVectorEnv(Connection connection, ServerInfo server, MakeOptions options) {
        this.server = server;
        address = connection.address();
        envId = options.envId();
        InteractRequest make =
                InteractRequest.newBuilder().setMake(Requests.make(options)).build();
        stream = new SessionStream(connection, envId);
        MakeResponse made = null;
        try {
            made = stream.exchange(make, ResponseCase.MAKE, "make").getMake();
            session = made;
            stream.setLease(lease());
            spec = Answers.spec(session.getSpec());
            autoresetMode = Answers.autoresetMode(session.getAutoresetMode());
            observationSpace = Spaces.decode(session.getSingleObservationSpace());
            actionSpace = Spaces.decode(session.getSingleActionSpace());
            metadata = Values.decodeDict(session.getMetadata());
        } catch (RuntimeException e) {
            RuntimeException failure =
                    e instanceof IllegalArgumentException unreadable ? stream.malformed("make", unreadable) : e;
            if (made == null) {
                stream.cancel("the session could not be opened");
            } else {
                stream.close(closing(made));
            }
            throw failure;
        }
    }

    private static CloseRequest closing(MakeResponse session) {
        return CloseRequest.newBuilder().setSessionId(session.getSessionId()).build();
    }

    @Override
    public String envId() {
        return envId;
    }

    @Override
    public EnvironmentSpec spec() {
        return spec;
    }

    @Override
    public Map<String, String> distributions() {
        return new TreeMap<>(session.getDistributionsMap());
    }

    @Override
    public int numEnvs() {
        return session.getNumEnvs();
    }

    @Override
    public AutoresetMode autoresetMode() {
        return autoresetMode;
    }

    @Override
    public Space singleObservationSpace() {
        return observationSpace;
    }

    @Override
    public Space singleActionSpace() {
        return actionSpace;
    }

    @Override
    public Map<String, Object> metadata() {
        return metadata;
    }

    @Override
    public Optional<String> renderMode() {
        return session.hasRenderMode() ? Optional.of(session.getRenderMode()) : Optional.empty();
    }

    /** Whether the environments share one process (SYNC), or each environment has its own process (ASYNC). */
    public Vectorization vectorization() {
        return Answers.vectorization(session.getVectorization());
    }

    /** The time after which the server may close the session if no request and no open stream uses it. */
    public Duration lease() {
        return Duration.ofMillis(Math.round(1000 * session.getLeaseSeconds()));
    }

    /** The whole specification: the fields of Gymnasium's EnvSpec, by name. */
    public Map<String, Object> fullSpec() {
        return Values.decodeDict(session.getFullSpec());
    }

    @Override
    public VectorReset reset(ResetOptions options) {
        ResetRequest.Builder request = Requests.reset(options, envId, numEnvs());
        stream.requireIdle("reset");
        requireSeedSupport(options.seeds());
        ResetResponse reset = stream.reset(request.setSessionId(session.getSessionId()));
        try {
            return new VectorReset(
                    Values.decode(reset.getObservations()),
                    Values.decodeDict(reset.getInfos()),
                    reset.getEnvOutputsList().stream().map(Answers::output).toList(),
                    Answers.omittedInfos(reset.getOmittedInfosList()),
                    SeedLists.decode(reset.getSeeds()));
        } catch (IllegalArgumentException e) {
            throw stream.malformed("reset", e);
        }
    }

    /** Refuses seeds that an older server would ignore. */
    private void requireSeedSupport(Seeds seeds) {
        if (!server.capabilities().contains("seeds") && SeedLists.anyBig(seeds, numEnvs())) {
            throw EnvironmentException.ofLivingSession(
                    ErrorCode.UNIMPLEMENTED,
                    address,
                    envId
                            + ": the server at " + address + " is too old for seeds of 2^63 and more, as in " + seeds
                            + "; use a server of this release");
        }
    }

    @Override
    public void sendStep(NdArray actions) {
        sendStep(Value.newBuilder().setArray(NdArrays.encode(actions)));
    }

    @Override
    public void sendBatch(Object actions) {
        sendStep(Values.encode(actions).toBuilder());
    }

    @Override
    public VectorStep stepEach(List<?> actions) {
        if (actions.size() != numEnvs()) {
            throw new IllegalArgumentException(
                    envId + ": " + actions.size() + " actions for " + numEnvs() + " environments; give one for each");
        }
        sendBatch(Batches.concatenate(actionSpace, actions));
        return receiveStep();
    }

    private void sendStep(Value.Builder actions) {
        stream.requireIdle("step");
        stream.sendStep(
                StepRequest.newBuilder().setSessionId(session.getSessionId()).setActions(actions));
    }

    @Override
    public VectorStep receiveStep() {
        if (!stream.isInFlight()) {
            throw new IllegalStateException(envId + ": no step is in flight; call sendStep first");
        }
        StepResponse response = stream.receiveStep();
        try {
            RemoteVectorStep step = new RemoteVectorStep(numEnvs(), observationSpace);
            step.read(response);
            step.batch();
            return step;
        } catch (IllegalArgumentException e) {
            throw stream.malformed("step", e);
        }
    }

    @Override
    public StepLoop loop(StepDriver driver) {
        return new RemoteStepLoop(this, stream, session.getSessionId(), driver);
    }

    @Override
    public List<Object> render() {
        stream.requireIdle("render");
        RenderRequest request =
                RenderRequest.newBuilder().setSessionId(session.getSessionId()).build();
        return exchange(
                InteractRequest.newBuilder().setRender(request),
                ResponseCase.RENDER,
                "render",
                response -> decodeAll(response.getRender().getFramesList()));
    }

    @Override
    public List<Snapshot> snapshots() {
        stream.requireIdle("snapshot");
        SnapshotRequest request = SnapshotRequest.newBuilder()
                .setSessionId(session.getSessionId())
                .build();
        return exchange(
                InteractRequest.newBuilder().setSnapshot(request),
                ResponseCase.SNAPSHOT,
                "snapshot",
                response -> response.getSnapshot().getSnapshotsList().stream()
                        .<Snapshot>map(RemoteSnapshot::new)
                        .toList());
    }

    @Override
    public VectorReset restore(List<Snapshot> snapshots) {
        stream.requireIdle("restore");
        RestoreResponse restored = stream.restore(RestoreRequest.newBuilder()
                .setSessionId(session.getSessionId())
                .addAllSnapshots(snapshots.stream().map(RemoteSnapshot::state).toList()));
        try {
            return new VectorReset(
                    Values.decode(restored.getObservations()),
                    Map.of(),
                    List.of(),
                    List.of(),
                    SeedLists.decode(restored.getSeeds()));
        } catch (IllegalArgumentException e) {
            throw stream.malformed("restore", e);
        }
    }

    @Override
    public List<Object> call(String name, Object... arguments) {
        CallArguments.Builder list = CallArguments.newBuilder();
        for (Object argument : arguments) {
            list.addArgs(Values.encode(argument));
        }
        return call(CallRequest.newBuilder().setName(name).setCall(list));
    }

    @Override
    public List<Object> getAttribute(String name) {
        return call(CallRequest.newBuilder().setName(name).setGet(GetAttribute.getDefaultInstance()));
    }

    @Override
    public void setAttribute(String name, List<?> values) {
        ValueList.Builder list = ValueList.newBuilder();
        values.forEach(value -> list.addValues(Values.encode(value)));
        call(CallRequest.newBuilder().setName(name).setSet(list));
    }

    private List<Object> call(CallRequest.Builder request) {
        stream.requireIdle("call");
        request.setSessionId(session.getSessionId());
        return exchange(
                InteractRequest.newBuilder().setCall(request),
                ResponseCase.CALL,
                "call of " + request.getName(),
                response -> decodeAll(response.getCall().getResultsList()));
    }

    private <T> T exchange(
            InteractRequest.Builder request, ResponseCase expected, String what, Function<InteractResponse, T> decode) {
        InteractResponse response = stream.exchange(request.build(), expected, what);
        try {
            return decode.apply(response);
        } catch (IllegalArgumentException e) {
            throw stream.malformed(what, e);
        }
    }

    /** Decodes one value per environment. */
    private List<Object> decodeAll(List<Value> values) {
        if (values.size() != numEnvs()) {
            throw new IllegalArgumentException(values.size() + " values for " + numEnvs() + " environments");
        }
        List<Object> objects = new ArrayList<>(values.size());
        values.forEach(value -> objects.add(Values.decode(value)));
        return objects;
    }

    /**
     * Closes the session on the server, and then the stream. If a step is in flight, or if the wait for an answer timed
     * out or was interrupted, the server ends this request. This method takes at most some seconds. A server that
     * cannot be reached, or that does not answer in time, closes the session when its lease ends.
     */
    @Override
    public void close() {
        stream.close(closing(session));
    }
}
