// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
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
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The environments of one session on a server, driven over a stream of their own. A request that gets no answer within
 * the request timeout, or whose server dies, fails with an {@link EnvironmentException} that names the environment and
 * the server; the session is lost then.
 */
public final class RemoteVectorEnv implements VectorEnv {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final String address;
    private final Duration timeout;
    private final Supplier<String> postMortem;
    private final InteractStream stream;
    private final String environmentId;
    private final MakeResponse session;
    private final EnvironmentSpec spec;
    private final AutoresetMode autoresetMode;
    private final Space observationSpace;
    private final Space actionSpace;
    private long stepNumber;
    private boolean stepInFlight;
    private boolean lost;
    private boolean closed;

    /**
     * Opens a session.
     *
     * @param timeout the longest wait for an answer
     * @param postMortem tells what is known of a server that does not answer any more; empty if nothing
     */
    RemoteVectorEnv(Channel channel, MakeOptions options, String address, Duration timeout,
            Supplier<String> postMortem) {
        this.address = address;
        this.timeout = timeout;
        this.postMortem = postMortem;
        environmentId = options.environmentId();
        InteractRequest make = InteractRequest.newBuilder().setMake(options.toProto()).build();
        stream = new InteractStream(channel);
        try {
            stream.send(make);
            session = receive(ResponseCase.MAKE, "make").getMake();
            spec = EnvironmentSpec.fromProto(session.getSpec());
            autoresetMode = AutoresetMode.fromProto(session.getAutoresetMode());
            observationSpace = Spaces.decode(session.getSingleObservationSpace());
            actionSpace = Spaces.decode(session.getSingleActionSpace());
        } catch (EnvironmentException e) {
            stream.cancel("the session could not be opened");
            throw e;
        } catch (IllegalArgumentException e) {
            throw malformed("make", e);
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
        stream.send(InteractRequest.newBuilder().setReset(request).build());
        ResetResponse response = receive(ResponseCase.RESET, "reset").getReset();
        stepNumber++;
        try {
            return new VectorReset(Values.decodeArray(response.getObservations()),
                    Values.decodeDict(response.getInfos()));
        } catch (IllegalArgumentException e) {
            throw malformed("reset", e);
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
        InteractResponse response = receive(ResponseCase.STEP, "step");
        stepNumber++;
        try {
            return new RemoteVectorStep(response.getStep(), session.getNumEnvs());
        } catch (IllegalArgumentException e) {
            throw malformed("step", e);
        }
    }

    /** Closes the session on the server, unless it is lost already, and the stream. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (lost || stepInFlight || stream.end() != null) {
            stream.cancel("closed");
            return;
        }
        stream.send(InteractRequest.newBuilder()
                .setClose(CloseRequest.newBuilder().setSessionId(session.getSessionId())).build());
        stream.halfClose();
        try {
            stream.receive(System.nanoTime() + CLOSE_TIMEOUT.toNanos());
        } catch (TimeoutException e) {
            stream.cancel("the server did not close the session within " + CLOSE_TIMEOUT.toSeconds() + " s");
        } catch (InterruptedException e) {
            stream.cancel("interrupted");
            Thread.currentThread().interrupt();
        }
    }

    private InteractResponse receive(ResponseCase expected, String what) {
        InteractResponse response;
        try {
            response = stream.receive(System.nanoTime() + timeout.toNanos());
        } catch (TimeoutException e) {
            throw lose(ErrorCode.DEADLINE_EXCEEDED, "the server at " + address + " did not answer a " + what + " of "
                    + environmentId + " within " + timeout.toMillis() / 1000.0 + " s; the environment hangs or is slow:"
                    + " raise the request timeout if it is slow");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw lose(ErrorCode.CANCELLED, "a " + what + " of " + environmentId + " at " + address
                    + " was interrupted");
        }
        if (response == null) {
            throw streamEnded(what);
        }
        if (response.getResponseCase() == ResponseCase.ERROR) {
            String prefix = expected == ResponseCase.MAKE ? "" : environmentId + ": ";
            EnvironmentException failure = new EnvironmentException(response.getError(), prefix, address);
            lost = !failure.sessionAlive();
            throw failure;
        }
        if (response.getResponseCase() != expected) {
            throw lose(ErrorCode.INTERNAL, "the server at " + address + " answered a " + what + " of " + environmentId
                    + " with " + response.getResponseCase() + "; client and server do not fit together");
        }
        return response;
    }

    private EnvironmentException streamEnded(String what) {
        Status status = stream.end();
        // A server that is shut down cancels its streams.
        if (status.getCode() != Status.Code.UNAVAILABLE && status.getCode() != Status.Code.CANCELLED) {
            return lose(ErrorCode.of(status.getCode()), "the server at " + address + " broke off a " + what + " of "
                    + environmentId + ": " + RpcErrors.describe(status));
        }
        return lose(ErrorCode.UNAVAILABLE, "the server at " + address + " went away during a " + what + " of "
                + environmentId + ": " + RpcErrors.obituary(status, postMortem));
    }

    private EnvironmentException malformed(String what, IllegalArgumentException cause) {
        return lose(ErrorCode.INTERNAL, "the answer of the server at " + address + " to a " + what + " of "
                + environmentId + " cannot be read: " + cause.getMessage());
    }

    private EnvironmentException lose(ErrorCode code, String message) {
        lost = true;
        stream.cancel("the session is lost");
        return new EnvironmentException(code, address, message);
    }

    private void requireIdle(String what) {
        if (closed || lost) {
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
