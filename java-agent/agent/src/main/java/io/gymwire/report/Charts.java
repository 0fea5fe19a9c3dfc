// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.util.List;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The style of all charts. */
public final class Charts {

    /** Colours that colour-blind people can distinguish, by Okabe and Ito. */
    public static final List<Color> COLOURS = Stream.of(
                    0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000)
            .map(Color::new)
            .toList();

    /** The colour of texts and of additional lines and marks, for example a line that shows a limit. */
    public static final Color TEXT = new Color(0x333333);

    public static final BasicStroke THICK = new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    public static final BasicStroke THIN = new BasicStroke(0.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    public static final BasicStroke DASHED =
            new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0);

    private static final Color GRID = new Color(0xE4E4E4);

    private Charts() {}

    /**
     * A chart without data.
     *
     * @param size the chart's size in pixels
     */
    public static XYChart create(String title, String xAxis, String yAxis, Dimension size) {
        XYChart chart = new XYChartBuilder()
                .title(title)
                .xAxisTitle(xAxis)
                .yAxisTitle(yAxis)
                .width(size.width)
                .height(size.height)
                .build();
        XYStyler style = chart.getStyler();
        style.setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setChartFontColor(TEXT)
                .setChartTitleBoxVisible(false)
                .setChartTitleFont(font(Font.BOLD, 15))
                .setChartTitlePadding(6)
                .setLegendFont(font(Font.PLAIN, 12))
                .setLegendBorderColor(Color.WHITE)
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendSeriesLineLength(22)
                .setPlotContentSize(0.98)
                .setChartPadding(14);
        style.setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1))
                .setAxisTitleFont(font(Font.PLAIN, 12))
                .setAxisTickLabelsFont(font(Font.PLAIN, 12))
                .setAxisTickLabelsColor(TEXT)
                .setAxisTicksLineVisible(false)
                .setAxisTicksMarksVisible(false)
                .setXAxisTickMarkSpacingHint(90)
                .setYAxisTickMarkSpacingHint(50)
                .setPlotMargin(0);
        return chart;
    }

    /** Adds a line that the legend does not show; a single point becomes a dot. */
    public static XYSeries line(XYChart chart, String name, double[] xs, double[] ys, Color colour) {
        XYSeries series = chart.addSeries(name, xs, ys);
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line)
                .setMarker(xs.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setMarkerColor(colour).setLineColor(colour).setShowInLegend(false);
        return series;
    }

    private static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }
}
