// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Writes pictures as an H.264 mp4. A process of the server's Python environment encodes them while they come; the file
 * appears when {@link #finish} returns.
 */
public final class VideoEncoder implements AutoCloseable {
    private static final long FINISH_SECONDS = 120;
    private static final int COLOURS = 3;

    private final Path file;
    private final int[] shape;
    private final Process process;
    private final OutputTail log;
    private final WritableByteChannel pictures;

    /**
     * A video to write.
     *
     * @param path such as {@code episode.mp4}; an existing file is replaced
     * @param python the interpreter in whose environment it is written; empty for the one that Gymwire manages
     */
    public record Target(Path path, Optional<Path> python) {}

    private VideoEncoder(Target target, int width, int height, double picturesPerSecond) throws IOException {
        file = target.path();
        this.shape = new int[] {height, width, COLOURS};
        List<String> command = List.of(
                "-m",
                "gymwire.video",
                file.toAbsolutePath().toString(),
                String.valueOf(width),
                String.valueOf(height),
                String.valueOf(picturesPerSecond));
        process = ServerHome.find(target.python())
                .python(command, Map.of())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        log = new OutputTail(process.getErrorStream(), "gymwire-video-log");
        pictures = java.nio.channels.Channels.newChannel(process.getOutputStream());
    }

    /**
     * Starts a video that is as large as its first picture.
     *
     * @param first the first picture: uint8 [height, width, 3], red, green and blue
     * @param picturesPerSecond the rate, positive
     */
    public static VideoEncoder start(Target target, NdArray first, double picturesPerSecond) throws IOException {
        int[] shape = first.shape();
        if (first.dtype() != DType.UINT8 || shape.length != COLOURS || shape[2] != COLOURS || first.size() == 0) {
            throw new IllegalArgumentException("a picture is an array of uint8 and shape [height, width, 3], not of "
                    + first.dtype() + " and " + Arrays.toString(shape)
                    + "; make the environment with render_mode rgb_array");
        }
        if (!(picturesPerSecond > 0 && picturesPerSecond < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "a video has a positive number of pictures a second, not " + picturesPerSecond);
        }
        VideoEncoder encoder = new VideoEncoder(target, shape[1], shape[0], picturesPerSecond);
        try {
            encoder.write(first);
            return encoder;
        } catch (IOException | RuntimeException e) {
            encoder.close();
            throw e;
        }
    }

    /** Appends a picture, of the size of the first. */
    public void write(NdArray picture) throws IOException {
        if (picture.dtype() != DType.UINT8 || !picture.hasShape(shape)) {
            throw new IllegalArgumentException("the video " + file + " has pictures of uint8 and shape "
                    + Arrays.toString(shape) + "; one of " + picture.dtype() + " and "
                    + Arrays.toString(picture.shape()) + " came");
        }
        try {
            pictures.write(picture.data());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Ends the video and waits until the file is there. */
    public void finish() throws IOException {
        try {
            pictures.close();
        } catch (IOException e) {
            throw failed(e);
        }
        try {
            if (!process.waitFor(FINISH_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(
                        "the encoder did not finish the video " + file + " within " + FINISH_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the video " + file + " was encoded");
        }
        if (process.exitValue() != 0) {
            throw failed(null);
        }
    }

    /** Discards the video, unless it was finished; then no file appears. */
    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            process.destroyForcibly().onExit().join();
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".part"));
        }
    }

    private IOException failed(IOException cause) {
        String words = log.asQuote();
        return new IOException(
                "the encoder failed on the video " + file
                        + (words.isEmpty() && cause != null ? ": " + cause.getMessage() : words),
                cause);
    }
}
