// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.testing;

import com.google.gson.Gson;
import java.nio.file.Path;

/** What the Python libraries find in a video. */
public final class Video {
    /** The codec's name, for example {@code h264}. */
    public String codec;
    /** Pictures a second. */
    public double rate;
    /** Pixels. */
    public int width;
    /** Pixels. */
    public int height;
    /** [pictures][3]: the mean red, green and blue of each picture, from 0 to 255. */
    public double[][] colours;

    private Video() {}

    /** Reads a file. */
    public static Video read(Path file) {
        return new Gson().fromJson(PythonTools.run(PythonTools.script("read_video.py"), file.toString()), Video.class);
    }
}
