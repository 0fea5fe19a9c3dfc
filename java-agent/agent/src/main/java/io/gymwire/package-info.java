/** The Gymwire agent: learns with TRPO, NPG or PPO on Gymnasium environments. */
package io.gymwire;
