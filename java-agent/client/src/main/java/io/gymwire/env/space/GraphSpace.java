// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Graphs with features on the nodes, and on the edges if there are any. The features of all nodes are one batch, built
 * as in {@link Batches}, and the features of all edges are another batch.
 *
 * @param nodeSpace the space of a node's features
 * @param edgeSpace the space of an edge's features; null if the graphs have no edges. As in Gymnasium, a graph cannot
 *     have edges without features
 */
public record GraphSpace(Space nodeSpace, Space edgeSpace) implements Space {
    private static final int SAMPLED_NODES = 10;

    public GraphSpace {
        Objects.requireNonNull(nodeSpace, "the node space must not be null");
    }

    @Override
    public boolean contains(Object value) {
        if (!(value instanceof GraphInstance graph) || !containsAll(nodeSpace, graph.nodes())) {
            return false;
        }
        if (graph.edges() == null || graph.edgeLinks() == null) {
            return graph.edges() == null && graph.edgeLinks() == null;
        }
        if (edgeSpace == null || !containsAll(edgeSpace, graph.edges())) {
            return false;
        }
        int nodes = Batches.count(nodeSpace, graph.nodes());
        boolean linked = graph.edgeLinks().shape()[0] == Batches.count(edgeSpace, graph.edges());
        for (int i = 0; i < graph.edgeLinks().size(); i++) {
            long node = graph.edgeLinks().getLong(i);
            linked &= node >= 0 && node < nodes;
        }
        return linked;
    }

    private static boolean containsAll(Space space, Object features) {
        int count = Batches.count(space, features);
        for (int i = 0; i < count; i++) {
            if (!space.contains(Batches.get(space, features, i))) {
                return false;
            }
        }
        return count >= 0;
    }

    /** Draws 10 nodes and from 0 to 89 edges between random nodes. Draws no edges if {@code edgeSpace} is null. */
    @Override
    public GraphInstance sample(RandomGenerator random) {
        Object nodes = draw(nodeSpace, SAMPLED_NODES, random);
        int edges = random.nextInt(SAMPLED_NODES * (SAMPLED_NODES - 1));
        if (edgeSpace == null || edges == 0) {
            return new GraphInstance(nodes, null, null);
        }
        Object features = draw(edgeSpace, edges, random);
        long[] links = random.longs(2L * edges, 0, SAMPLED_NODES).toArray();
        return new GraphInstance(nodes, features, NdArray.ofLongs(DType.INT32, new int[] {edges, 2}, links));
    }

    private static Object draw(Space space, int count, RandomGenerator random) {
        List<Object> samples = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            samples.add(space.sample(random));
        }
        return Batches.concatenate(space, samples);
    }

    @Override
    public String toString() {
        return "Graph(" + nodeSpace + ", " + (edgeSpace == null ? "None" : edgeSpace) + ")";
    }
}
