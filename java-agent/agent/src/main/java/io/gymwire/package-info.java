/** Gymwire: Gymnasium for Java, and TRPO. */
package io.gymwire;
