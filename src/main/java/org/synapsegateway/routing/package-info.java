/**
 * Which request goes where: the languages that routes are written in, and the one automaton behind
 * all request patterns.
 */
package org.synapsegateway.routing;
