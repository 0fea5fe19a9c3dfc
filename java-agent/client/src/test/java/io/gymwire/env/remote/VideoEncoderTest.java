// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.Video;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VideoEncoderTest {
    /** The largest allowed error of a colour. The conversion to 8-bit YUV rounds colours. */
    private static final double TOLERANCE = 4.0;

    @TempDir
    private Path directory;

    @Test
    void writesTheFramesInOrder() throws IOException {
        Path file = directory.resolve("colours.mp4");
        int[][] colours = {{200, 30, 30}, {30, 200, 30}, {30, 30, 200}, {120, 120, 120}};
        try (VideoEncoder encoder = VideoEncoder.start(to(file), frame(33, 51, colours[0]), 12.5)) {
            for (int[] colour : List.of(colours[1], colours[2], colours[3])) {
                encoder.write(frame(33, 51, colour));
            }
            encoder.finish();
        }
        Video video = Video.read(file);
        assertEquals("h264", video.codec);
        assertEquals(12.5, video.rate);
        assertEquals(52, video.width, "an even number of columns");
        assertEquals(34, video.height, "an even number of rows");
        assertEquals(colours.length, video.colours.length);
        for (int i = 0; i < colours.length; i++) {
            for (int channel = 0; channel < 3; channel++) {
                assertEquals(colours[i][channel], video.colours[i][channel], TOLERANCE, "frame " + i);
            }
        }
        assertEquals(List.of("colours.mp4"), files());
    }

    @Test
    void refusesArraysThatAreNotFrames() throws IOException {
        Path file = directory.resolve("a.mp4");
        NdArray depth = NdArray.ofDoubles(DType.FLOAT32, new int[] {1, 2}, 0, 1);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> VideoEncoder.start(to(file), depth, 30));
        assertTrue(e.getMessage().contains("not of float32 and [1, 2]"), e.getMessage());
        NdArray good = frame(4, 4, new int[] {1, 2, 3});
        assertThrows(IllegalArgumentException.class, () -> VideoEncoder.start(to(file), good, 0));
        try (VideoEncoder encoder = VideoEncoder.start(to(file), good, 30)) {
            e = assertThrows(IllegalArgumentException.class, () -> encoder.write(frame(4, 6, new int[] {1, 2, 3})));
            assertTrue(e.getMessage().contains("[4, 4, 3]") && e.getMessage().contains("[4, 6, 3]"), e.getMessage());
        }
    }

    @Test
    void anUnfinishedVideoLeavesNoFile() throws IOException {
        try (VideoEncoder encoder = VideoEncoder.start(to(directory.resolve("a.mp4")), frame(64, 64, new int[3]), 30)) {
            for (int i = 0; i < 50; i++) {
                encoder.write(frame(64, 64, new int[] {i, i, i}));
            }
        }
        assertEquals(List.of(), files());
    }

    @Test
    void theErrorNamesAFileThatCannotBeWritten() throws IOException {
        Path file = directory.resolve("missing/a.mp4");
        IOException e = assertThrows(IOException.class, () -> {
            try (VideoEncoder encoder = VideoEncoder.start(to(file), frame(4, 4, new int[3]), 30)) {
                encoder.finish();
            }
        });
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        assertTrue(e.getMessage().contains("No such file or directory"), e.getMessage());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static NdArray frame(int height, int width, int[] colour) {
        long[] values = new long[height * width * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = colour[i % 3];
        }
        return NdArray.ofLongs(DType.UINT8, new int[] {height, width, 3}, values);
    }

    private static VideoEncoder.Target to(Path file) {
        return new VideoEncoder.Target(file, Optional.empty());
    }
}
