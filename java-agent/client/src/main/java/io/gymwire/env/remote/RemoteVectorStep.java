// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import com.google.protobuf.ByteString;
import io.gymwire.env.EnvOutput;
import io.gymwire.env.OmittedInfo;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.Batches;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import io.gymwire.proto.v1.FinalStep;
import io.gymwire.proto.v1.StepResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/** A view of one StepResponse after another; final observations and infos are not decoded before they are asked for. */
final class RemoteVectorStep implements VectorStep {
    private static final int UNKNOWN = -1;

    private final int numEnvs;
    private final int numbers; // in the observations of all environments, or UNKNOWN
    private final ByteBuffer rewards; // [n] float64
    private byte[] bytes = {}; // a copy of the observations', for it is faster to read
    private NdArray copy; // shows bytes
    private StepResponse response;
    private Object observations; // null as long as the response's array does

    RemoteVectorStep(int numEnvs, Space observationSpace) {
        this.numEnvs = numEnvs;
        this.numbers = observationSpace instanceof BoxSpace box
                ? Math.multiplyExact(numEnvs, box.size())
                : observationSpace instanceof DiscreteSpace ? numEnvs : UNKNOWN;
        this.rewards = ByteBuffer.allocate(8 * numEnvs).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Makes this a view of a response.
     *
     * @throws IllegalArgumentException if a field is malformed
     */
    void read(StepResponse response) {
        this.response = response;
        requireLength("rewards", response.getRewards().size(), 8 * numEnvs);
        requireLength("terminated", response.getTerminated().size(), numEnvs);
        requireLength("truncated", response.getTruncated().size(), numEnvs);
        requireLength("reset_mask", response.getResetMask().size(), numEnvs);
        response.getRewards().copyTo(rewards.array(), 0);
        observations = null;
        if (isPlain()) {
            io.gymwire.proto.v1.NdArray array = response.getObservations().getArray();
            requireLength(
                    "observations",
                    array.getData().size(),
                    numbers * NdArrays.decode(array.getDtype()).byteSize());
        } else {
            observations = Values.decode(response.getObservations());
        }
    }

    /** Whether the observations are an array whose bytes need no check but that of their number. */
    private boolean isPlain() {
        return numbers != UNKNOWN
                && response.getObservations().hasArray()
                && switch (response.getObservations().getArray().getDtype()) {
                    case DTYPE_FLOAT64, DTYPE_FLOAT32, DTYPE_INT64 -> true;
                    default -> false;
                };
    }

    @Override
    public NdArray observations() {
        return Batches.requireArray(batch());
    }

    @Override
    public Object batch() {
        if (observations == null) {
            observations = Values.decode(response.getObservations());
        }
        return observations;
    }

    @Override
    public void copyObservations(double[] destination, int offset, int length) {
        if (length != numbers || !isPlain()) {
            VectorStep.super.copyObservations(destination, offset, length);
            return;
        }
        io.gymwire.proto.v1.NdArray array = response.getObservations().getArray();
        ByteString data = array.getData();
        DType dtype = NdArrays.decode(array.getDtype());
        if (copy == null || copy.dtype() != dtype) {
            bytes = new byte[data.size()];
            copy = NdArray.wrap(dtype, new int[] {length}, ByteBuffer.wrap(bytes));
        }
        data.copyTo(bytes, 0);
        copy.copyTo(destination, offset);
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
    public List<OmittedInfo> omittedInfos() {
        return Answers.omittedInfos(response.getOmittedInfosList());
    }

    @Override
    public EnvOutput output(int env) {
        return response.getEnvOutputsCount() == 0
                ? VectorStep.super.output(env)
                : Answers.output(response.getEnvOutputs(env));
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
