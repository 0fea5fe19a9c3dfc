// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.report.Html;
import io.gymwire.report.Picture;
import io.gymwire.report.SvgText;
import io.gymwire.report.TextTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A page that is written both as HTML and as Markdown, with CSV files and its pictures in the same folder. */
final class Page {

    private final String title;
    private final StringBuilder html = new StringBuilder();
    private final StringBuilder markdown = new StringBuilder();
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    Page(String title) {
        this.title = title;
        markdown.append("# ").append(title).append('\n');
    }

    Page heading(String text) {
        html.append("<h2>").append(TextTable.escape(text)).append("</h2>\n");
        markdown.append("\n## ").append(text).append('\n');
        return this;
    }

    Page text(String text) {
        html.append("<p>").append(TextTable.escape(text)).append("</p>\n");
        markdown.append('\n').append(text).append('\n');
        return this;
    }

    /** Adds equations, one per line. */
    Page equations(String lines) {
        html.append("<pre>").append(TextTable.escape(lines.stripTrailing())).append("</pre>\n");
        markdown.append("\n```\n").append(lines.stripTrailing()).append("\n```\n");
        return this;
    }

    Page table(TextTable table) {
        html.append(table.html());
        markdown.append('\n').append(table.markdown());
        return this;
    }

    /** Adds a table as a CSV file to the page's folder, for other programs. Nothing is added to the page itself. */
    Page csv(String name, TextTable table) {
        files.put(name + ".csv", utf8(table.csv()));
        return this;
    }

    /** Adds a picture to the page, and its files to the page's folder. */
    Page picture(String name, String description, Picture picture) throws IOException {
        String svg = picture.svg();
        files.put(name + ".svg", utf8(svg));
        files.put(name + ".png", picture.png());
        html.append(SvgText.inline(svg, name)).append('\n');
        markdown.append("\n![").append(description).append("](").append(name).append(".svg)\n");
        return this;
    }

    /** The files by name: {@code index.html}, {@code index.md}, CSV files and pictures. */
    Map<String, byte[]> files() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("index.html", utf8(Html.page(title, html.toString())));
        all.put("index.md", utf8(markdown.toString()));
        all.putAll(files);
        return all;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
