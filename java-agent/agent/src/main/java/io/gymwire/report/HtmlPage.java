// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.io.IOException;
import java.util.List;

/** The whole report on one page. */
final class HtmlPage {

    private static final String FINGERPRINTS_METHOD = """
            The fingerprint of a run is a part of its manifest.json: the descriptions of the Git checkout, the agent, \
            the server (the first one, if there were several) and the environment's packages. The runs of one column \
            have equal fingerprints. As far as a fingerprint shows, they used the same versions of programs and \
            packages, on machines with equal descriptions.""";

    private final List<Group> groups;
    private final List<Summary> summaries;
    private final List<Summary.Overall> overall;
    private final List<Incomplete> incomplete;

    HtmlPage(List<Group> groups, List<Summary> summaries, List<Summary.Overall> overall, List<Incomplete> incomplete) {
        this.groups = groups;
        this.summaries = summaries;
        this.overall = overall;
        this.incomplete = incomplete;
    }

    String text() throws IOException {
        StringBuilder page = new StringBuilder();
        section(page, "Results", Tables.results(summaries), Report.METHOD);
        section(page, Report.INCOMPLETE, Tables.incomplete(incomplete), Report.INCOMPLETE_METHOD);
        section(page, "Effort", Tables.effort(groups), "");
        section(page, "Updates", Tables.updates(groups), Updates.METHOD);
        section(page, "Several environments together", Tables.overall(overall), Report.OVERALL_METHOD);
        page.append("<h2>Curves</h2>\n");
        for (List<Group> environment : Report.byEnvironment(groups)) {
            String envId = environment.get(0).envId();
            String name = Report.fileName(envId);
            page.append("<h3>")
                    .append(TextTable.escape(envId))
                    .append("</h3>\n")
                    .append(SvgText.inline(Figures.learningCurve(environment).svg(), name + "-curve"))
                    .append('\n');
            Picture diagnostics = Figures.diagnostics(environment);
            if (diagnostics != null) {
                page.append(SvgText.inline(diagnostics.svg(), name + "-diagnostics"))
                        .append('\n');
            }
        }
        section(page, "What differs between the runs' settings", Tables.differences(groups), "");
        section(
                page,
                "Fingerprints of the runs",
                Tables.fingerprints(
                        groups.stream().flatMap(group -> group.runs().stream()).toList()),
                FINGERPRINTS_METHOD);
        section(page, "Runs", Tables.runs(groups, incomplete), "");
        return Html.page("Gymwire report", page.toString());
    }

    private static void section(StringBuilder page, String title, TextTable table, String below) {
        if (!table.isEmpty()) {
            page.append("<h2>").append(title).append("</h2>\n").append(table.html());
            if (!below.isEmpty()) {
                page.append("<p>").append(TextTable.escape(below)).append("</p>\n");
            }
        }
    }
}
