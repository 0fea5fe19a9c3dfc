// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

/**
 * A graph, such as a member of a {@link GraphSpace}.
 *
 * @param nodes the features of each node, usually an {@link NdArray} whose first axis counts the nodes
 * @param edges the features of each edge, usually an {@link NdArray} whose first axis counts the edges; null if there
 *     are no edges, or if the edges have no features. The second case does not occur in a {@link GraphSpace}
 * @param edgeLinks [edges, 2] integers, the indices of the source node and the target node of each edge; null if there
 *     are no edges
 */
public record GraphInstance(Object nodes, Object edges, NdArray edgeLinks) {
    public GraphInstance {
        if (edgeLinks != null
                && !(edgeLinks.dtype().isInteger()
                        && edgeLinks.shape().length == 2
                        && edgeLinks.shape()[1] == 2)) {
            throw new IllegalArgumentException(
                    "a graph's edge links are integers of shape [edges, 2], not " + edgeLinks.describe());
        }
    }
}
