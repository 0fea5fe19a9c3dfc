// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import com.google.protobuf.InvalidProtocolBufferException;
import io.gymwire.proto.v1.Value;
import io.gymwire.proto.v1.Value.KindCase;
import io.gymwire.proto.v1.ValueList;
import java.util.Map;

/**
 * The whole state of an environment, as a server gave it, and of the wrappers around it on this side. It can be put
 * into any environment that was made alike, as often as wanted: each time the same future begins.
 */
public final class Snapshot {
    private final Value state;

    Snapshot(Value state) {
        this.state = state;
    }

    /**
     * Reads what {@link #toBytes} gave.
     *
     * @throws IllegalArgumentException if the bytes are no snapshot
     */
    public static Snapshot fromBytes(byte[] bytes) {
        try {
            return new Snapshot(Value.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "these " + bytes.length + " bytes are no snapshot (" + e.getMessage()
                            + "); give what toBytes returned",
                    e);
        }
    }

    /** Returns the state as bytes that can be stored and sent. */
    public byte[] toBytes() {
        return state.toByteArray();
    }

    Value state() {
        return state;
    }

    /** Returns a snapshot that also holds a wrapper's own state. */
    Snapshot wrap(String wrapper, Map<String, Object> own) {
        return new Snapshot(Value.newBuilder()
                .setTuple(ValueList.newBuilder()
                        .addValues(Values.encode(wrapper))
                        .addValues(Values.encode(own))
                        .addValues(state))
                .build());
    }

    /**
     * Takes apart what {@link #wrap} put together.
     *
     * @throws IllegalArgumentException if the snapshot was taken without that wrapper
     */
    Wrapped unwrap(String wrapper) {
        ValueList parts = state.getTuple();
        if (state.getKindCase() != KindCase.TUPLE
                || parts.getValuesCount() != 3
                || !parts.getValues(0).getStringValue().equals(wrapper)) {
            throw new IllegalArgumentException("the snapshot was taken without " + wrapper + " around the environment; "
                    + "restore it with the same wrappers on this side as it was taken with");
        }
        return new Wrapped((Map<?, ?>) Values.decode(parts.getValues(1)), new Snapshot(parts.getValues(2)));
    }

    /**
     * The two parts of a wrapper's snapshot.
     *
     * @param own the wrapper's state
     * @param inner the snapshot of what it wraps
     */
    record Wrapped(Map<?, ?> own, Snapshot inner) {}
}
