// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import io.gymwire.env.Snapshot;
import io.gymwire.proto.v1.Value;
import io.gymwire.proto.v1.Value.KindCase;
import io.gymwire.proto.v1.ValueList;
import java.util.Map;

/**
 * A snapshot that contains a {@link Value}: the value that a server sent, or a tuple of a client-side wrapper's name,
 * the wrapper's state and the value of the wrapped environment.
 */
public final class RemoteSnapshot implements Snapshot {
    private final Value state;

    RemoteSnapshot(Value state) {
        this.state = state;
    }

    /**
     * Reads the bytes of {@link Snapshot#toBytes}. The server checks the content only when it restores the snapshot.
     *
     * @throws IllegalArgumentException if the bytes cannot be read as a message
     */
    public static RemoteSnapshot fromBytes(byte[] bytes) {
        try {
            return new RemoteSnapshot(Value.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "these " + bytes.length + " bytes are not a snapshot (" + e.getMessage()
                            + "); give what toBytes returned",
                    e);
        }
    }

    /**
     * The message in which a snapshot is sent to a server.
     *
     * @throws IllegalArgumentException if the snapshot is of another class and its bytes cannot be read as a message
     */
    static Value state(Snapshot snapshot) {
        return snapshot instanceof RemoteSnapshot remote ? remote.state : fromBytes(snapshot.toBytes()).state;
    }

    @Override
    public byte[] toBytes() {
        return state.toByteArray();
    }

    @Override
    public RemoteSnapshot wrap(String wrapper, Map<String, Object> own) {
        return new RemoteSnapshot(Value.newBuilder()
                .setTuple(ValueList.newBuilder()
                        .addValues(Values.encode(wrapper))
                        .addValues(Values.encode(own))
                        .addValues(state))
                .build());
    }

    @Override
    public Wrapped unwrap(String wrapper) {
        ValueList parts = state.getTuple();
        if (state.getKindCase() != KindCase.TUPLE
                || parts.getValuesCount() != 3
                || !parts.getValues(0).getStringValue().equals(wrapper)
                || !(Values.decode(parts.getValues(1)) instanceof Map<?, ?> own)) {
            throw new IllegalArgumentException(
                    "the snapshot was taken without " + wrapper + " as the outermost wrapper; "
                            + "restore it into an environment with the same client-side wrappers in the same order");
        }
        return new Wrapped(own, new RemoteSnapshot(parts.getValues(2)));
    }
}
