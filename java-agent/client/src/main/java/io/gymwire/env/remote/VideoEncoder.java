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
 * Writes frames to an H.264 mp4 file. A process of the server's Python environment encodes each frame when it is
 * written. The file exists when {@link #finish} returns.
 */
public final class VideoEncoder implements AutoCloseable {
    private static final long FINISH_SECONDS = 120;
    private static final int COLOURS = 3;

    private final Path file;
    private final int[] shape;
    private final Process process;
    private final OutputTail log;
    private final WritableByteChannel frames;

    /**
     * The file of a video, and the interpreter that writes it.
     *
     * @param path the file, for example {@code episode.mp4}; an existing file is replaced
     * @param python the interpreter; empty for the Python environment that Gymwire manages
     */
    public record Target(Path path, Optional<Path> python) {}

    private VideoEncoder(Target target, int width, int height, double framesPerSecond) throws IOException {
        file = target.path();
        this.shape = new int[] {height, width, COLOURS};
        List<String> command = List.of(
                "-m",
                "gymwire.video",
                file.toAbsolutePath().toString(),
                String.valueOf(width),
                String.valueOf(height),
                String.valueOf(framesPerSecond));
        ServerHome home = ServerHome.find(target.python());
        process = home.python(command, Map.of())
                // Python searches its working directory for modules first. The user's directory may have an av.py.
                .directory(home.directory().toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        log = new OutputTail(process.getErrorStream(), "gymwire-video-log");
        frames = java.nio.channels.Channels.newChannel(process.getOutputStream());
    }

    /**
     * Starts a video with the size of its first frame, and writes this frame.
     *
     * @param first the first frame: uint8 [height, width, 3], red, green and blue
     * @param framesPerSecond the rate, positive and finite
     */
    public static VideoEncoder start(Target target, NdArray first, double framesPerSecond) throws IOException {
        int[] shape = first.shape();
        if (first.dtype() != DType.UINT8 || shape.length != COLOURS || shape[2] != COLOURS || first.size() == 0) {
            throw new IllegalArgumentException("a frame is an array of uint8 and shape [height, width, 3], not of "
                    + first.dtype() + " and " + Arrays.toString(shape)
                    + "; make the environment with render_mode rgb_array");
        }
        if (!(framesPerSecond > 0 && framesPerSecond < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "a video has a positive number of frames per second, not " + framesPerSecond);
        }
        VideoEncoder encoder = new VideoEncoder(target, shape[1], shape[0], framesPerSecond);
        try {
            encoder.write(first);
            return encoder;
        } catch (IOException | RuntimeException e) {
            encoder.close();
            throw e;
        }
    }

    /** Appends a frame, which must have the size of the first frame. */
    public void write(NdArray frame) throws IOException {
        if (frame.dtype() != DType.UINT8 || !frame.hasShape(shape)) {
            throw new IllegalArgumentException("the video " + file + " has frames of uint8 and shape "
                    + Arrays.toString(shape) + ", not of " + frame.dtype() + " and " + Arrays.toString(frame.shape()));
        }
        try {
            frames.write(frame.data());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Ends the video and waits until the file exists. */
    public void finish() throws IOException {
        try {
            frames.close();
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

    /** Discards the video if it is not finished. In that case, the file is not written; an earlier file stays. */
    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            process.destroyForcibly().onExit().join();
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + "." + process.pid() + ".part"));
        }
    }

    private IOException failed(IOException cause) {
        String quote = log.asQuote();
        return new IOException(
                "the encoder failed on the video " + file
                        + (quote.isEmpty() && cause != null ? ": " + cause.getMessage() : quote),
                cause);
    }
}
