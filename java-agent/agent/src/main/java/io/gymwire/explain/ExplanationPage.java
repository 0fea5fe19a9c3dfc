// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page of an explanation, written section by section. */
final class ExplanationPage {

    private final Explanation explanation;
    private final Page page;

    private ExplanationPage(Explanation explanation) {
        this.explanation = explanation;
        Explanation.Subject subject = explanation.subject();
        this.page = new Page(String.format(
                Locale.ROOT, "%s: the update after %,d steps", subject.run().envId(), subject.steps()));
    }

    /**
     * The files of the page by name.
     *
     * @param notes sentences about how the explanation was made
     */
    static Map<String, byte[]> files(Explanation explanation, List<String> notes) throws IOException {
        ExplanationPage page = new ExplanationPage(explanation);
        page.introduce(notes);
        page.collected();
        if (explanation.surroundings().isPresent()) {
            page.objective(explanation.surroundings().get().objective());
        }
        if (explanation.way().isPresent()) {
            page.way(explanation.way().get());
        }
        if (explanation.surroundings().isPresent()
                && explanation.surroundings().get().plane().isPresent()) {
            page.plane(explanation.surroundings().get().plane().get());
        }
        page.improvement(explanation.improvement());
        return page.page.files();
    }

    private void introduce(List<String> notes) {
        Explanation.Subject subject = explanation.subject();
        page.text(String.format(
                Locale.ROOT,
                "Iteration %,d of a run of %s with seed %d. Outcome: %s.",
                subject.iteration(),
                subject.run().algorithm().toUpperCase(Locale.ROOT),
                subject.run().seed(),
                subject.outcome()));
        notes.forEach(page::text);
    }

    private void collected() {
        page.heading("What was collected")
                .text("The policy before the update chose the actions (with --reuse or --lag 1, earlier policies chose"
                        + " some or all of them); the critic before the update estimated the values."
                        + " Advantages are those of generalised advantage estimation; for samples of earlier policies,"
                        + " with V-trace's traces.")
                .table(Sections.collected(explanation.collected()));
    }

    private void objective(Objective objective) {
        page.heading("The surrogate and its gradient")
                .equations("""
                        L(theta) = mean_i pi_theta(a_i|s_i) / pi_old(a_i|s_i) A_i      A normalised: mean 0, deviation 1
                        g        = dL / dtheta at theta_old
                        """)
                .text("At theta_old every ratio is 1, so that L(theta_old) is the mean of the normalised"
                        + " advantages, which is 0 up to rounding. With --entropy, L includes the bonus; with"
                        + " --reuse or --lag 1, the samples of earlier policies are weighted. In both cases"
                        + " L(theta_old) can differ from 0.")
                .table(Sections.objective(objective))
                .table(Sections.parts(objective));
    }

    private void way(Explanation.Way way) throws IOException {
        if (way instanceof Explanation.TrustRegion region) {
            trustRegion(region);
        } else if (way instanceof PassPath path) {
            passes(path);
        }
    }

    private void trustRegion(Explanation.TrustRegion region) throws IOException {
        solution(region.solution());
        page.heading("The multiplier and the length of the step")
                .equations("""
                        maximise g'd  subject to  d'Hd/2 <= delta,  H = F + damping I
                        stationarity   g = lambda H d
                        slackness      lambda (d'Hd/2 - delta) = 0
                        solution       d = beta x,  Hx = g,  beta = sqrt(2 delta / x'Hx) = 1 / lambda
                        """)
                .text("These are the conditions of Karush, Kuhn and Tucker. Stationarity holds up to the residual of"
                        + " conjugate gradient.")
                .table(Sections.multiplier(region.multiplier()));
        page.heading("Models and functions along the step")
                .text("The step is computed with g'd instead of the surrogate and d'Hd/2 instead of the divergence."
                        + " Both models match their functions at theta_old and differ from them further out. Damping"
                        + " makes d'Hd/2 larger, and so the step shorter. Without damping, the model of the divergence"
                        + " is d'Fd/2, which matches the divergence best near theta_old.")
                .picture("path", "Divergence and surrogate along the step", StepPicture.path(region.path()))
                .table(Sections.path(region.path(), 2))
                .csv("path", FullPrecisionTables.path(region.path()));
        if (!region.tries().isEmpty()) {
            page.heading("The line search")
                    .text("The line search takes the first fraction of the step at which the divergence is within delta"
                            + " and the gain of the surrogate is large enough: positive, and at least --accept-ratio"
                            + " times the gain that the gradient predicts.")
                    .table(Sections.tries(region.tries()))
                    .csv("line_search", FullPrecisionTables.tries(region.tries()));
        }
        region.fullStep().ifPresent(this::fullStep);
    }

    private void fullStep(FullStep step) {
        page.heading("The full step")
                .text("The natural policy gradient takes the full step beta x. No line search checks whether the"
                        + " models are still accurate there. The table shows the measured values.")
                .text(step.sentence())
                .table(Sections.fullStep(step));
    }

    private void passes(PassPath path) throws IOException {
        page.heading(path.rule().penalised() ? "The penalised objective" : "The clipped objective")
                .equations(PassSections.equations(path.rule()))
                .text(PassSections.purpose(path.rule()))
                .table(PassSections.settings(path))
                .table(PassSections.whole(path, explanation.subject().measured()))
                .heading("The passes over the batch")
                .text(PassSections.ending(path))
                .text("KL of the pass is a mean over the samples; loss and |g| are means over the minibatches. Each"
                        + " minibatch is measured before its step. Everything else is measured over the whole batch,"
                        + " for this page. Over the whole batch, the update itself measures only KL(old, theta) and L,"
                        + " before the first pass and after the last pass.")
                .picture("passes", "Divergence, surrogates and gradients over the passes", PassPicture.of(path))
                .table(PassSections.passes(path))
                .csv("passes", FullPrecisionTables.passes(path))
                .csv("pass_places", FullPrecisionTables.places(path));
    }

    private void solution(Solution solution) throws IOException {
        page.heading("Conjugate gradient")
                .equations("""
                        (F + damping I) x = g,  r = g - (F + damping I) x
                        alpha = r'r / p'(F + damping I)p    x <- x + alpha p    r <- r - alpha (F + damping I)p
                        beta  = r'r / (r'r before)          p <- r + beta p
                        """)
                .text("F is the Fisher matrix of the old policy over the batch's states, or with --fim-subsample N"
                        + " over one of every N of these states; damping is "
                        + NumberText.of(solution.damping())
                        + ". p'r and r'r differ only by rounding.")
                .table(Sections.iterations(solution))
                .csv("conjugate_gradient", FullPrecisionTables.iterations(solution))
                .picture("residuals", "Residual after each iteration", StepPicture.residuals(solution))
                .text("Conjugacy: p_i'Hp_j / sqrt(p_i'Hp_i p_j'Hp_j), where H = F + damping I. It is 0 for conjugate"
                        + " directions. Greatest absolute value off the diagonal: "
                        + NumberText.rough(solution.worstConjugacy())
                        + ". After many iterations, rounding makes directions less conjugate, and values near 1 or -1"
                        + " are possible. The residual shows how good the solution is.")
                .table(Sections.conjugacy(solution));
    }

    private void plane(Plane plane) throws IOException {
        page.heading("The plane of gradient and natural gradient")
                .text("Every point is a vector theta, with theta_old at 0, 0. The horizontal axis goes along g. The"
                        + " vertical axis goes along the part of the natural gradient x that is orthogonal to g. Both"
                        + " are in units of theta. The thin lines without marks are contours of the surrogate. For the"
                        + " gradient's step and for the natural gradient's step, d'Hd/2 = "
                        + plane.bound().name()
                        + ", where H = F + damping I and F is the Fisher matrix. If the axes have different scales,"
                        + " the picture does not show the true angles and lengths.");
        if (plane.bound().reached()) {
            page.text(comparison(plane));
        }
        page.picture("plane", "Surrogate and trust region in the plane of both gradients", PlanePicture.of(plane))
                .table(Sections.steps(plane))
                .csv("plane_grid", FullPrecisionTables.grid(plane.grid()))
                .csv("plane_curves", FullPrecisionTables.curves(plane.curves()));
    }

    /** The text about the plane for an update that does not compute the natural gradient. */
    private String comparison(Plane plane) {
        Plane.End taken = plane.steps().taken();
        double within = Math.hypot(taken.place().u(), taken.place().v()) / taken.length();
        return String.format(
                Locale.ROOT,
                "%s computes no natural gradient. So this page shows the step that NPG would make with another delta:"
                        + " the divergence that the update reached, %s nats. For this step d, d'Hd/2 is this"
                        + " divergence. The update's own step leaves the plane: its part within the plane has %.0f %%"
                        + " of the step's length, and the picture shows this part. This part need not end on the curve"
                        + " KL(old, theta) = KL(old, new), because the other part of the update's step changes the"
                        + " divergence too.",
                explanation.subject().run().algorithm().toUpperCase(Locale.ROOT),
                NumberText.of(plane.bound().nats()),
                100 * within);
    }

    private void improvement(Improvement improvement) {
        page.heading("The bound on the improvement")
                .equations("""
                        J(new) >= L(new) - C KLmax(old, new),  C = 4 epsilon gamma / (1 - gamma)^2,  epsilon = max |A|
                        """)
                .text("Schulman et al. 2015, theorem 1. J is the expected discounted return. L is here the surrogate of"
                        + " that paper: L(old) = J(old), and L(new) - L(old) is estimated by the mean of"
                        + " (pi_new / pi_old - 1) w A / (1 - gamma) over the newest rollout. A is not normalised. The"
                        + " weight w of a sample is 1, except with --lag 1.")
                .text("All terms are estimated from the newest rollout (without --reuse, this is the batch). epsilon"
                        + " and KLmax are the greatest values in this rollout, not over all states and actions. The"
                        + " advantages are estimates. The states are not weighted by the discount.")
                .table(Sections.bound(improvement.bound()))
                .heading("The improvement")
                .equations("""
                        J(new) - J(old) = E[sum_t gamma^t A_old(s_t, a_t)] over episodes of the new policy
                        """)
                .text("The performance difference lemma, Kakade and Langford 2002. A_old(s, a) is r + gamma V(s') -"
                        + " V(s), where V is the critic. An error of V in the first states shifts the lemma's estimate,"
                        + " as the row for episodes of the old policy shows.")
                .text(String.format(
                        Locale.ROOT,
                        "%d fresh episodes of each policy, with equal seeds and actions drawn at random."
                                + " If an episode is truncated, V of its last observation is added to its discounted"
                                + " return, in place of the rewards that would follow. Nothing is added to its"
                                + " undiscounted return. For the interval in the first row, the bootstrap draws"
                                + " pieces of trajectories; for the other intervals it draws episodes.",
                        improvement.fresh().episodes()))
                .table(Sections.improvement(improvement));
    }
}
