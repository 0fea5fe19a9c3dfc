// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.testing;

import com.google.gson.Gson;
import java.nio.file.Path;

/** The properties of a video, as Python libraries read them. */
public final class Video {
    /** The codec's name, for example {@code h264}. */
    public String codec;
    /** The frames per second. */
    public double rate;
    /** The width in pixels. */
    public int width;
    /** The height in pixels. */
    public int height;
    /** [frames][3]: the mean red, green and blue of each frame, from 0 to 255. */
    public double[][] colours;

    private Video() {}

    /** Reads a file. */
    public static Video read(Path file) {
        return new Gson().fromJson(PythonTools.run(PythonTools.script("read_video.py"), file.toString()), Video.class);
    }
}
