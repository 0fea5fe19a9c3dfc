// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

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
import io.gymwire.proto.v1.SnapshotRequest;
import io.gymwire.proto.v1.StepRequest;
import io.gymwire.proto.v1.Value;
import io.gymwire.proto.v1.ValueList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The environments of one session on a server, driven over a stream of their own. A broken connection is mended within
 * the request timeout, and no action is applied twice. A request that gets no answer within that time, or whose server
 * dies, fails with an {@link EnvironmentException} that names the environment and the server; the session is lost then.
 */
public final class RemoteVectorEnv implements VectorEnv {
    private final ServerInfo server;
    private final String address;
    private final SessionStream stream;
    private final String environmentId;
    private final MakeResponse session;
    private final EnvironmentSpec spec;
    private final AutoresetMode autoresetMode;
    private final Space observationSpace;
    private final Space actionSpace;
    private final Map<String, Object> metadata;
    private long stepNumber;
    private boolean stepInFlight;
    private boolean closed;

    /** Opens a session. */
    RemoteVectorEnv(Connection connection, ServerInfo server, MakeOptions options) {
        this.server = server;
        address = connection.address();
        environmentId = options.environmentId();
        InteractRequest make =
                InteractRequest.newBuilder().setMake(options.toProto()).build();
        stream = new SessionStream(connection, environmentId);
        try {
            session = stream.exchange(make, ResponseCase.MAKE, "make").getMake();
            spec = EnvironmentSpec.fromProto(session.getSpec());
            autoresetMode = AutoresetMode.fromProto(session.getAutoresetMode());
            observationSpace = Spaces.decode(session.getSingleObservationSpace());
            actionSpace = Spaces.decode(session.getSingleActionSpace());
            metadata = Values.decodeDict(session.getMetadata());
        } catch (EnvironmentException e) {
            stream.cancel("the session could not be opened");
            throw e;
        } catch (IllegalArgumentException e) {
            throw stream.malformed("make", e);
        }
    }

    @Override
    public String environmentId() {
        return environmentId;
    }

    @Override
    public EnvironmentSpec spec() {
        return spec;
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

    /** Says where the environments run. */
    public Vectorization vectorization() {
        return Vectorization.fromProto(session.getVectorization());
    }

    /** Returns the time after which the server may close the session if no request and no open stream uses it. */
    public Duration lease() {
        return Duration.ofMillis(Math.round(1000 * session.getLeaseSeconds()));
    }

    /** Returns the whole specification as Gymnasium has it, the fields of its EnvSpec by name. */
    public Map<String, Object> fullSpec() {
        return Values.decodeDict(session.getFullSpec());
    }

    @Override
    public VectorReset reset(ResetOptions options) {
        ResetRequest.Builder request = options.toProto(environmentId, numEnvs());
        requireIdle("reset");
        requireSeedsTravel(options.seeds());
        request.setSessionId(session.getSessionId()).setStepNumber(stepNumber + 1);
        return exchange(InteractRequest.newBuilder().setReset(request), ResponseCase.RESET, "reset", response -> {
            stepNumber++;
            ResetResponse reset = response.getReset();
            return new VectorReset(
                    Values.decode(reset.getObservations()),
                    Values.decodeDict(reset.getInfos()),
                    reset.getEnvOutputsList().stream().map(EnvOutput::fromProto).toList(),
                    OmittedInfo.fromProto(reset.getOmittedInfosList()),
                    Seeds.fromProto(reset.getSeeds()));
        });
    }

    /** Refuses seeds that an older server would not notice. */
    private void requireSeedsTravel(Seeds seeds) {
        if (!server.capabilities().contains("seeds") && seeds.anyBig(numEnvs())) {
            throw EnvironmentException.ofLivingSession(
                    ErrorCode.UNIMPLEMENTED,
                    address,
                    environmentId
                            + ": the server at " + address + " is too old for seeds of 2^63 and more, as in " + seeds
                            + "; use a server of this release");
        }
    }

    @Override
    public void sendStep(NdArray actions) {
        sendStep(Value.newBuilder().setArray(actions.toProto()));
    }

    @Override
    public VectorStep stepEach(List<?> actions) {
        if (actions.size() != numEnvs()) {
            throw new IllegalArgumentException(environmentId + ": " + actions.size() + " actions for " + numEnvs()
                    + " environments; give one for each");
        }
        sendStep(Values.encode(Actions.batch(actionSpace, actions)).toBuilder());
        return receiveStep();
    }

    private void sendStep(Value.Builder actions) {
        requireIdle("step");
        StepRequest request = StepRequest.newBuilder()
                .setSessionId(session.getSessionId())
                .setStepNumber(stepNumber + 1)
                .setActions(actions)
                .build();
        stepInFlight = true;
        stream.send(InteractRequest.newBuilder().setStep(request).build());
    }

    @Override
    public VectorStep receiveStep() {
        if (!stepInFlight) {
            throw new IllegalStateException(environmentId + ": no step is in flight; call sendStep first");
        }
        stepInFlight = false;
        InteractResponse response = stream.receive(ResponseCase.STEP, "step");
        stepNumber++;
        try {
            RemoteVectorStep step = new RemoteVectorStep(numEnvs(), observationSpace);
            step.read(response.getStep());
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

    /** Keeps the session for a loop of steps. */
    void beginSteps() {
        requireIdle("step");
        stepInFlight = true;
    }

    /** Returns the number of the next step. */
    long nextStepNumber() {
        return stepNumber + 1;
    }

    /** Counts a step. */
    void stepAnswered() {
        stepNumber++;
    }

    /** Ends what {@link #beginSteps} began. */
    void endSteps() {
        stepInFlight = false;
    }

    @Override
    public List<Object> render() {
        requireIdle("render");
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
        requireIdle("snapshot");
        SnapshotRequest request = SnapshotRequest.newBuilder()
                .setSessionId(session.getSessionId())
                .build();
        return exchange(
                InteractRequest.newBuilder().setSnapshot(request),
                ResponseCase.SNAPSHOT,
                "snapshot",
                response -> response.getSnapshot().getSnapshotsList().stream()
                        .map(Snapshot::new)
                        .toList());
    }

    @Override
    public Object restore(List<Snapshot> snapshots) {
        requireIdle("restore");
        RestoreRequest request = RestoreRequest.newBuilder()
                .setSessionId(session.getSessionId())
                .setStepNumber(stepNumber + 1)
                .addAllSnapshots(snapshots.stream().map(Snapshot::state).toList())
                .build();
        return exchange(InteractRequest.newBuilder().setRestore(request), ResponseCase.RESTORE, "restore", response -> {
            stepNumber++;
            return Values.decode(response.getRestore().getObservations());
        });
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
        requireIdle("call");
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

    /** Closes the session on the server, unless it is lost already, and the stream. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (stream.lost() || stepInFlight) {
            stream.cancel("closed");
            return;
        }
        stream.close(InteractRequest.newBuilder()
                .setClose(CloseRequest.newBuilder().setSessionId(session.getSessionId()))
                .build());
    }

    private void requireIdle(String what) {
        if (closed || stream.lost()) {
            throw new IllegalStateException(environmentId + ": cannot " + what + ", the session is "
                    + (closed ? "closed" : "lost after an error") + "; make a new one");
        }
        if (stepInFlight) {
            throw new IllegalStateException(
                    environmentId + ": cannot " + what + ", a step is in flight; call " + "receiveStep first");
        }
    }
}
