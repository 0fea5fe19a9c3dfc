// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table, written as Markdown, CSV or HTML. The first {@code labels} columns contain words. The other columns usually
 * contain numbers, so Markdown and HTML align them to the right.
 */
public final class TextTable {

    private final int labels;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    /** A table without rows. */
    public TextTable(int labels, String... header) {
        this.labels = labels;
        this.header = List.of(header);
    }

    /** Adds a row, with one cell for each column. */
    public void row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException(cells.length + " cells for the columns " + header);
        }
        rows.add(List.of(cells));
    }

    /** Whether the table has no rows. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The table as Markdown. */
    public String markdown() {
        StringBuilder text = new StringBuilder(markdown(header));
        text.append('|');
        for (int i = 0; i < header.size(); i++) {
            text.append(i < labels ? "---|" : "---:|");
        }
        text.append('\n');
        rows.forEach(row -> text.append(markdown(row)));
        return text.toString();
    }

    private static String markdown(List<String> cells) {
        return "| "
                + String.join(
                        " | ",
                        cells.stream()
                                .map(cell -> cell.replace("|", "\\|").replace('\n', ' '))
                                .toList()) + " |\n";
    }

    /** The table as CSV. */
    public String csv() {
        StringBuilder text = new StringBuilder(csv(header));
        rows.forEach(row -> text.append(csv(row)));
        return text.toString();
    }

    /** One line of CSV. Texts with commas, quotes or line breaks are quoted as in RFC 4180. */
    private static String csv(List<String> cells) {
        return String.join(
                        ",",
                        cells.stream()
                                .map(cell ->
                                        cell.matches("[^,\"\\r\\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"')
                                .toList())
                + "\n";
    }

    /** The table as an HTML element. */
    public String html() {
        StringBuilder text = new StringBuilder("<table>\n").append(html("th", header));
        rows.forEach(row -> text.append(html("td", row)));
        return text.append("</table>\n").toString();
    }

    private String html(String tag, List<String> cells) {
        StringBuilder text = new StringBuilder("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            text.append('<')
                    .append(tag)
                    .append(i < labels ? " class=\"label\">" : ">")
                    .append(escape(cells.get(i)))
                    .append("</")
                    .append(tag)
                    .append('>');
        }
        return text.append("</tr>\n").toString();
    }

    /** A text in which HTML's special characters are escaped. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
