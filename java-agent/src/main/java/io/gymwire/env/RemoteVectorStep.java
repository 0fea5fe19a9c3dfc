// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import com.google.protobuf.ByteString;
import io.gymwire.proto.v1.FinalStep;
import io.gymwire.proto.v1.StepResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** A view of one StepResponse; final observations and infos are not decoded before they are asked for. */
final class RemoteVectorStep implements VectorStep {
    private final StepResponse response;
    private final ByteBuffer rewards; // [n] float64
    private final Object observations;

    /** @throws IllegalArgumentException if a field is malformed */
    RemoteVectorStep(StepResponse response, int numEnvs) {
        this.response = response;
        this.observations = Values.decode(response.getObservations());
        this.rewards = response.getRewards().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        requireLength("rewards", rewards.remaining(), 8 * numEnvs);
        requireLength("terminated", response.getTerminated().size(), numEnvs);
        requireLength("truncated", response.getTruncated().size(), numEnvs);
        requireLength("reset_mask", response.getResetMask().size(), numEnvs);
    }

    @Override
    public NdArray observations() {
        return VectorReset.requireArray(observations);
    }

    @Override
    public Object batch() {
        return observations;
    }

    @Override
    public double reward(int env) {
        return rewards.getDouble(8 * env);
    }

    @Override
    public boolean terminated(int env) {
        return isSet(response.getTerminated(), env);
    }

    @Override
    public boolean truncated(int env) {
        return isSet(response.getTruncated(), env);
    }

    @Override
    public boolean wasReset(int env) {
        return isSet(response.getResetMask(), env);
    }

    @Override
    public NdArray finalObservation(int env) {
        return Values.decodeArray(finalStep(env).getObservation());
    }

    @Override
    public Object finalSample(int env) {
        return Values.decode(finalStep(env).getObservation());
    }

    @Override
    public Map<String, Object> finalInfo(int env) {
        return Values.decodeDict(finalStep(env).getInfo());
    }

    @Override
    public Map<String, Object> infos() {
        return Values.decodeDict(response.getInfos());
    }

    @Override
    public EnvOutput output(int env) {
        return response.getEnvOutputsCount() == 0
                ? VectorStep.super.output(env) : EnvOutput.fromProto(response.getEnvOutputs(env));
    }

    private FinalStep finalStep(int env) {
        for (int i = 0; i < response.getFinalsCount(); i++) {
            if (response.getFinals(i).getEnvIndex() == env) {
                return response.getFinals(i);
            }
        }
        throw new IllegalStateException("environment " + env + " has no final observation in this step; it exists "
                + "only in SAME_STEP mode where an episode ended");
    }

    private static boolean isSet(ByteString mask, int env) {
        return mask.byteAt(env) != 0;
    }

    private static void requireLength(String field, int length, int expected) {
        if (length != expected) {
            throw new IllegalArgumentException("a step's " + field + " have " + length + " bytes, not " + expected);
        }
    }
}
