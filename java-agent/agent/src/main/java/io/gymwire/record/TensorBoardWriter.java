// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.gymwire.files.OutputFile;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A writer of scalars to a TensorBoard event file, {@code events.out.tfevents.<unix seconds>.<host>.<pid>.<number>}.
 *
 * <p>The file is a sequence of TFRecords. Each has four parts: the length of a message in bytes (uint64), the masked
 * CRC-32C of the length, the message, and the masked CRC-32C of the message, all little-endian. A masked CRC is rotated
 * right by 15 bits, and then a constant is added. The message is a protobuf message {@code tensorboard.Event}, encoded
 * here by hand because scalars need few of its fields. Values are stored as float32; progress.csv has all digits.
 */
public final class TensorBoardWriter implements Closeable {
    /** The beginning of the names of event files. */
    static final String PREFIX = "events.out.tfevents.";

    // Field numbers of tensorboard's event.proto and summary.proto. SESSION_LOG_START is a value of an enum.
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION_LOG = 7;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE_VALUE = 2;
    private static final int SESSION_LOG_STATUS = 1;
    private static final int SESSION_LOG_START = 1;

    private static final int CRC_MASK_DELTA = 0xa282ead8;

    private final Clock clock;
    private final OutputStream out;

    /** Adds a new event file to {@code directory}. */
    public TensorBoardWriter(Path directory) throws IOException {
        this(directory, Clock.systemUTC());
    }

    TensorBoardWriter(Path directory, Clock clock) throws IOException {
        this.clock = clock;
        out = new BufferedOutputStream(OutputFile.replace(newFile(directory, clock.instant())));
        event(0, EVENT_FILE_VERSION, ByteString.copyFromUtf8("brain.Event:2"));
        flush();
    }

    /** Records the value of {@code tag} after {@code step} environment steps. */
    public void scalar(String tag, long step, double value) throws IOException {
        ByteString scalar = message(message -> {
            message.writeString(VALUE_TAG, tag);
            message.writeFloat(VALUE_SIMPLE_VALUE, (float) value);
        });
        event(step, EVENT_SUMMARY, message(message -> message.writeBytes(SUMMARY_VALUE, scalar)));
    }

    /**
     * Records that a resumed run continues after {@code step}: TensorBoard then drops the later points of earlier event
     * files in the directory.
     */
    public void resumeAfter(long step) throws IOException {
        ByteString start = message(message -> message.writeEnum(SESSION_LOG_STATUS, SESSION_LOG_START));
        event(step + 1, EVENT_SESSION_LOG, start);
        flush();
    }

    /** Passes everything recorded so far to the operating system. */
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void event(long step, int field, ByteString content) throws IOException {
        Instant now = clock.instant();
        record(message(message -> {
                    message.writeDouble(EVENT_WALL_TIME, now.getEpochSecond() + now.getNano() * 1e-9);
                    if (step != 0) {
                        message.writeInt64(EVENT_STEP, step);
                    }
                    message.writeBytes(field, content);
                })
                .toByteArray());
    }

    private void record(byte[] bytes) throws IOException {
        ByteBuffer length =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length);
        out.write(length.array());
        out.write(maskedCrc(length.array()));
        out.write(bytes);
        out.write(maskedCrc(bytes));
    }

    private static byte[] maskedCrc(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        int masked = Integer.rotateRight((int) checksum.getValue(), 15) + CRC_MASK_DELTA;
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked)
                .array();
    }

    private interface Fields {
        void writeTo(CodedOutputStream message) throws IOException;
    }

    private static ByteString message(Fields fields) throws IOException {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream message = CodedOutputStream.newInstance(bytes);
        fields.writeTo(message);
        message.flush();
        return bytes.toByteString();
    }

    /**
     * The path of a new file. The number in its name distinguishes two writers of the same process in the same second.
     */
    private static Path newFile(Path directory, Instant now) {
        String prefix = String.format(
                Locale.ROOT,
                PREFIX + "%010d.%s.%d.",
                now.getEpochSecond(),
                hostName(),
                ProcessHandle.current().pid());
        int number = 0;
        while (Files.exists(directory.resolve(prefix + number))) {
            number++;
        }
        return directory.resolve(prefix + number);
    }

    /**
     * The host's name from the environment variables; localhost if they do not contain it. The network is not asked for
     * the name: without a network, this can block for seconds.
     */
    private static String hostName() {
        Map<String, String> variables = System.getenv();
        String name = variables.getOrDefault("HOSTNAME", variables.getOrDefault("COMPUTERNAME", "localhost"));
        return name.replaceAll("[^A-Za-z0-9-]", "-");
    }
}
