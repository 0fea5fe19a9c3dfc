// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.evaluate;

import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.VideoEncoder;
import io.gymwire.env.space.NdArray;
import io.gymwire.learn.Learner;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A video of an episode: a picture after the reset and after each step, at the environment's frame rate. */
public final class EpisodeVideo {

    /** The frame rate for environments without a positive render_fps. RecordVideo of Gymnasium has the same default. */
    private static final double DEFAULT_RATE = 30.0;

    private final VectorEnv env;
    private final VideoEncoder.Target target;
    private final double rate;
    private VideoEncoder encoder;

    private EpisodeVideo(VectorEnv env, VideoEncoder.Target target) {
        this.env = env;
        this.target = target;
        Object named = env.metadata().get("render_fps");
        this.rate = named instanceof Number number && number.doubleValue() > 0 ? number.doubleValue() : DEFAULT_RATE;
    }

    /**
     * Plays one episode and writes its video.
     *
     * @param env one environment with the render mode {@code rgb_array} and the autoreset mode DISABLED, so that the
     *     last picture belongs to the episode
     * @param deterministic whether to take the most probable action instead of drawing an action
     * @param target the mp4 file to write
     * @return the episode; {@link Evaluator#evaluate} with the same seed and {@code deterministic} plays the same one
     */
    public static Evaluator.Episode record(
            Learner learner, VectorEnv env, boolean deterministic, long seed, VideoEncoder.Target target)
            throws IOException {
        EpisodeVideo video = new EpisodeVideo(env, target);
        try {
            Evaluator.Episode episode = Evaluator.playOneEach(learner, env, deterministic, seed, video::append)
                    .get(0);
            video.encoder.finish();
            return episode;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            if (video.encoder != null) {
                video.encoder.close();
            }
        }
    }

    private void append() {
        Object drawn = env.render().get(0);
        if (!(drawn instanceof NdArray picture)) {
            throw new IllegalStateException(env.envId() + " drew no picture; its render modes are "
                    + env.metadata().get("render_modes") + ", and a video needs rgb_array");
        }
        try {
            if (encoder == null) {
                encoder = VideoEncoder.start(target, picture, rate);
            } else {
                encoder.write(picture);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
