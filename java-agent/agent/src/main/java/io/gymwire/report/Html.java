// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

/** An HTML page that needs no other files. */
public final class Html {

    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff }
            body { max-width: 1180px; margin: 2em auto; padding: 0 1em }
            h1, h2, h3 { line-height: 1.2; margin: 1.6em 0 .5em }
            table { border-collapse: collapse; font-size: 14px; display: block; overflow-x: auto }
            table + table { margin-top: 1.2em }
            pre { font-size: 14px; background: #f6f6f6; padding: .7em 1em; overflow-x: auto }
            th, td { padding: .3em .8em; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap }
            .label { text-align: left }
            th { border-bottom: 2px solid #999 }
            td { font-variant-numeric: tabular-nums }
            p { max-width: 60em; color: #555 }
            svg { max-width: 100%; height: auto; display: block }
            """;

    private Html() {}

    /** @param body the HTML elements that follow the page's first heading. This heading is {@code title} */
    public static String page(String title, String body) {
        String escaped = TextTable.escape(title);
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + escaped
                + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n<h1>" + escaped + "</h1>\n" + body
                + "</body>\n</html>\n";
    }
}
