// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void cellsWithCommasQuotesOrLineBreaksAreQuotedInCsv() {
        TextTable table = new TextTable(1, "name", "text");
        table.row("a", "x,y");
        table.row("b", "x\"y");
        table.row("c", "x\ry");
        table.row("d", "x\ny");
        table.row("e", "x y");
        assertEquals("name,text\na,\"x,y\"\nb,\"x\"\"y\"\nc,\"x\ry\"\nd,\"x\ny\"\ne,x y\n", table.csv());
    }
}
