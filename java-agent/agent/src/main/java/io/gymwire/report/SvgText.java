// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Transforms SVG from the library VectorGraphics2D. The result of {@link #compact} is smaller, and has the same bytes
 * whenever the same picture is drawn. The result of {@link #inline} can be put into an HTML page.
 */
public final class SvgText {

    /** The number of decimals of a coordinate. The last decimal is a hundredth of a pixel. */
    private static final int DECIMALS = 2;

    private static final Pattern LONG_NUMBER = Pattern.compile("-?\\d+\\.\\d{" + (DECIMALS + 1) + ",}(E-?\\d+)?");
    private static final String LINE =
            "<line style=\"([^\"]*)\" x1=\"([^\"]*)\" x2=\"([^\"]*)\" y1=\"([^\"]*)\" y2=\"([^\"]*)\"/>";
    private static final Pattern LINES =
            Pattern.compile("<line style=(\"[^\"]*\")[^>]*/>(\\s*<line style=\\1[^>]*/>)*+");
    private static final Pattern ONE_LINE = Pattern.compile(LINE);
    private static final Pattern CLIP = Pattern.compile("clip\\d+");
    private static final Pattern PREAMBLE = Pattern.compile("<\\?xml.*?\\?>|<!DOCTYPE.*?>", Pattern.DOTALL);
    private static final Pattern ID = Pattern.compile("(\\bid=\"|url\\(#)");

    private SvgText() {}

    /**
     * Rounds coordinates, joins neighbouring lines with the same style into a path, and leaves out invisible lines.
     * Also replaces the random names of clip paths by numbered names.
     */
    static String compact(String svg) {
        String rounded = LONG_NUMBER.matcher(svg).replaceAll(SvgText::round);
        String joined = LINES.matcher(rounded).replaceAll(found -> Matcher.quoteReplacement(join(found.group())));
        Map<String, String> clips = new LinkedHashMap<>();
        return CLIP.matcher(joined)
                .replaceAll(found -> clips.computeIfAbsent(found.group(), name -> "clip-" + clips.size()));
    }

    /**
     * The SVG as an element for an HTML page.
     *
     * @param name a prefix that makes the ids different from the ids of the page's other pictures
     */
    public static String inline(String svg, String name) {
        String element = PREAMBLE.matcher(svg).replaceAll("").strip();
        return ID.matcher(element).replaceAll("$1" + name + "-");
    }

    private static String round(MatchResult number) {
        String text = new BigDecimal(number.group())
                .setScale(DECIMALS, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
        return text.startsWith("0.") ? text.substring(1) : text;
    }

    /** Joins lines with the same style into a path; the result is empty if the lines are invisible. */
    private static String join(String lines) {
        Matcher line = ONE_LINE.matcher(lines);
        StringBuilder path = new StringBuilder();
        String style = "";
        String at = "";
        while (line.find()) {
            style = line.group(1);
            String from = line.group(2) + "," + line.group(4);
            String to = line.group(3) + "," + line.group(5);
            path.append(from.equals(at) ? "" : (path.isEmpty() ? "M" : " M") + from)
                    .append(" L")
                    .append(to);
            at = to;
        }
        return style.contains("stroke-opacity:0;") ? "" : "<path d=\"" + path + "\" style=\"" + style + "\"/>";
    }
}
