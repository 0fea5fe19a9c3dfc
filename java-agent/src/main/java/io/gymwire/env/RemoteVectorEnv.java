// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import com.google.protobuf.ByteString;
import io.gymwire.proto.v1.CloseRequest;
import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractResponse;
import io.gymwire.proto.v1.InteractResponse.ResponseCase;
import io.gymwire.proto.v1.MakeResponse;
import io.gymwire.proto.v1.OptionalSeed;
import io.gymwire.proto.v1.ResetRequest;
import io.gymwire.proto.v1.ResetResponse;
import io.gymwire.proto.v1.SeedList;
import io.gymwire.proto.v1.StepRequest;
import io.gymwire.proto.v1.Value;

/**
 * The environments of one session on a server, driven over a stream of their own. A broken connection is mended within the
 * request timeout, and no action is applied twice. A request that gets no answer within that time, or whose server dies,
 * fails with an {@link EnvironmentException} that names the environment and the server; the session is lost then.
 */
public final class RemoteVectorEnv implements VectorEnv {
    private final SessionStream stream;
    private final String environmentId;
    private final MakeResponse session;
    private final EnvironmentSpec spec;
    private final AutoresetMode autoresetMode;
    private final Space observationSpace;
    private final Space actionSpace;
    private long stepNumber;
    private boolean stepInFlight;
    private boolean closed;

    /** Opens a session. */
    RemoteVectorEnv(Connection connection, MakeOptions options) {
        environmentId = options.environmentId();
        InteractRequest make = InteractRequest.newBuilder().setMake(options.toProto()).build();
        stream = new SessionStream(connection, environmentId);
        try {
            session = stream.exchange(make, ResponseCase.MAKE, "make").getMake();
            spec = EnvironmentSpec.fromProto(session.getSpec());
            autoresetMode = AutoresetMode.fromProto(session.getAutoresetMode());
            observationSpace = Spaces.decode(session.getSingleObservationSpace());
            actionSpace = Spaces.decode(session.getSingleActionSpace());
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
    public VectorReset reset() {
        return reset(ResetRequest.newBuilder());
    }

    @Override
    public VectorReset reset(long... seeds) {
        requireCount("seeds", seeds.length);
        SeedList.Builder list = SeedList.newBuilder();
        for (long seed : seeds) {
            list.addSeeds(OptionalSeed.newBuilder().setValue(seed));
        }
        return reset(ResetRequest.newBuilder().setSeeds(list));
    }

    @Override
    public VectorReset reset(boolean[] which) {
        requireCount("reset flags", which.length);
        byte[] mask = new byte[which.length];
        for (int env = 0; env < mask.length; env++) {
            mask[env] = (byte) (which[env] ? 1 : 0);
        }
        return reset(ResetRequest.newBuilder().setResetMask(ByteString.copyFrom(mask)));
    }

    private VectorReset reset(ResetRequest.Builder request) {
        requireIdle("reset");
        request.setSessionId(session.getSessionId()).setStepNumber(stepNumber + 1);
        ResetResponse response = stream.exchange(InteractRequest.newBuilder().setReset(request).build(),
                ResponseCase.RESET, "reset").getReset();
        stepNumber++;
        try {
            return new VectorReset(Values.decodeArray(response.getObservations()),
                    Values.decodeDict(response.getInfos()));
        } catch (IllegalArgumentException e) {
            throw stream.malformed("reset", e);
        }
    }

    @Override
    public void sendStep(NdArray actions) {
        requireIdle("step");
        StepRequest request = StepRequest.newBuilder()
                .setSessionId(session.getSessionId())
                .setStepNumber(stepNumber + 1)
                .setActions(Value.newBuilder().setArray(actions.toProto()))
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
            return new RemoteVectorStep(response.getStep(), session.getNumEnvs());
        } catch (IllegalArgumentException e) {
            throw stream.malformed("step", e);
        }
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
                .setClose(CloseRequest.newBuilder().setSessionId(session.getSessionId())).build());
    }

    private void requireIdle(String what) {
        if (closed || stream.lost()) {
            throw new IllegalStateException(environmentId + ": cannot " + what + ", the session is "
                    + (closed ? "closed" : "lost after an error") + "; make a new one");
        }
        if (stepInFlight) {
            throw new IllegalStateException(environmentId + ": cannot " + what + ", a step is in flight; call "
                    + "receiveStep first");
        }
    }

    private void requireCount(String what, int count) {
        if (count != numEnvs()) {
            throw new IllegalArgumentException(environmentId + ": " + count + " " + what + " for " + numEnvs()
                    + " environments; give one for each");
        }
    }
}
