// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;

/** A picture of one or more charts in rows and columns, as PNG or SVG. */
public final class Picture {

    /**
     * In the PNG, the width and the height of a chart are multiplied by this number. So the PNG is sharp in print and
     * on screens of high resolution.
     */
    private static final int SCALE = 2;

    private final List<XYChart> charts;
    private final int columns;
    private final int width;
    private final int height;

    /** @param charts the charts row by row; all have the size of the first chart */
    public Picture(List<XYChart> charts, int columns) {
        this.charts = List.copyOf(charts);
        this.columns = Math.min(columns, charts.size());
        this.width = charts.get(0).getWidth();
        this.height = charts.get(0).getHeight();
    }

    /** The picture as PNG. */
    public byte[] png() throws IOException {
        BufferedImage image =
                new BufferedImage(SCALE * totalWidth(), SCALE * totalHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(SCALE, SCALE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, totalWidth(), totalHeight());
        paint(graphics);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, "png", bytes)) {
            throw new IOException("this Java installation cannot write PNG files; use another JDK");
        }
        return bytes.toByteArray();
    }

    /** The picture as SVG. */
    public String svg() throws IOException {
        VectorGraphics2D graphics = new VectorGraphics2D();
        paint(graphics);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Processors.get("svg")
                .getDocument(graphics.getCommands(), new PageSize(totalWidth(), totalHeight()))
                .writeTo(bytes);
        return SvgText.compact(bytes.toString(StandardCharsets.UTF_8));
    }

    private void paint(Graphics2D graphics) {
        for (int i = 0; i < charts.size(); i++) {
            int x = i % columns * width;
            int y = i / columns * height;
            graphics.translate(x, y);
            charts.get(i).paint(graphics, width, height);
            graphics.translate(-x, -y);
        }
    }

    private int totalWidth() {
        return columns * width;
    }

    private int totalHeight() {
        return (charts.size() + columns - 1) / columns * height;
    }
}
