// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.rollout.Batch;
import io.gymwire.settings.Settings;
import io.gymwire.update.Surrogate;
import io.gymwire.update.UpdateSettings;
import io.gymwire.update.ppo.PassListener;
import io.gymwire.update.ppo.PpoSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * A listener that records an update of PPO. The listener measures quantities over the whole batch: before the first
 * pass, at some places within each pass, and at the end of each pass. The update itself measures only L, KL and the
 * entropy over the whole batch, and only at theta_old and after the last pass. {@link Surrogate} explains L, KL, N, P,
 * r and w, and {@link io.gymwire.update.ppo.PpoUpdate} explains g.
 */
final class PassTrace implements PassListener {

    /** The maximum number of places in a pass. At each place, the network is evaluated twice on the batch. */
    private static final int PLACES = 32;

    private final UpdateInput input;
    private final double clipRange;
    private final double entropyCoefficient;
    private final int minibatches; // of a pass
    private final int every; // minibatches from one place to the next
    private final List<Place> places = new ArrayList<>();
    private final List<Pass> passes = new ArrayList<>();
    private final List<double[]> ends = new ArrayList<>();
    private Surrogate surrogate;
    private BatchPolicies policies;
    private double[] advantages; // normalised [N]
    private int made; // minibatches that are done in the present pass
    private double losses;
    private double norms;

    /**
     * A point on the way of theta from theta_old to theta_new, measured over the whole batch.
     *
     * @param passes the number of passes until this place; not a whole number within a pass
     * @param at the values of L, KL and the entropy at this place
     * @param clipped the clipped surrogate, with the entropy bonus
     * @param clipFraction share of the samples with w r beyond the clip range, whose centre is w
     */
    record Place(double passes, Surrogate.Point at, double clipped, double clipFraction) {}

    /**
     * A pass: the means of the loss and of |g| over its minibatches, the mean divergence over its samples, and the
     * place at its end. The loss, |g| and the divergence of a minibatch are measured before the minibatch's step.
     */
    record Pass(double loss, double gradientNorm, double divergence, Place end) {}

    PassTrace(UpdateInput input) {
        Settings settings = input.config().settings();
        this.input = input;
        this.clipRange = settings.get(PpoSettings.CLIP_RANGE);
        this.entropyCoefficient = settings.get(UpdateSettings.ENTROPY);
        int size = settings.get(PpoSettings.MINIBATCH);
        this.minibatches = (input.batch().size() + size - 1) / size;
        this.every = (minibatches + PLACES - 1) / PLACES;
    }

    @Override
    public void begins(Surrogate surrogate, double[] advantages) {
        Batch batch = input.batch();
        this.surrogate = surrogate;
        this.advantages = advantages.clone();
        this.policies = new BatchPolicies(input.policy(), surrogate.oldTheta(), batch.observations(), batch.actions());
        places.add(measure(0, surrogate.oldTheta()));
    }

    @Override
    public void stepped(double[] theta, double loss, double gradientNorm) {
        made++;
        losses += loss;
        norms += gradientNorm;
        if (made % every == 0 && made < minibatches) {
            places.add(measure(passes.size() + (double) made / minibatches, theta));
        }
    }

    @Override
    public void passed(double[] theta, double divergence) {
        Place end = measure(passes.size() + 1, theta);
        places.add(end);
        passes.add(new Pass(losses / made, norms / made, divergence, end));
        ends.add(theta.clone());
        made = 0;
        losses = 0;
        norms = 0;
    }

    private Place measure(double passesMade, double[] theta) {
        Surrogate.Point at = surrogate.at(theta);
        double[] ratios = policies.with(theta).ratios();
        double[] weights = input.batch().weights();
        double sum = 0;
        int beyond = 0;
        for (int i = 0; i < ratios.length; i++) {
            double ratio = weights[i] * ratios[i];
            double inside = Math.max(weights[i] - clipRange, Math.min(weights[i] + clipRange, ratio));
            sum += Math.min(ratio * advantages[i], inside * advantages[i]);
            beyond += inside == ratio ? 0 : 1;
        }
        double clipped = sum / ratios.length + entropyCoefficient * at.entropy();
        return new Place(passesMade, at, clipped, (double) beyond / ratios.length);
    }

    /** The place of theta_old. */
    Place start() {
        return places.get(0);
    }

    /** All places. The first one is the place of theta_old. */
    List<Place> places() {
        return places;
    }

    List<Pass> passes() {
        return passes;
    }

    /** The parameters after each pass [P]. */
    List<double[]> ends() {
        return ends;
    }
}
