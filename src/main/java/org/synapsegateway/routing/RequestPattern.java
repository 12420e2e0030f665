package org.synapsegateway.routing;

import java.util.List;

/**
 * The pattern lines of a {@code request} expression, and the id under which the automaton knows
 * them.
 *
 * <p>Expressions with the same text have the same one. Immutable.
 */
record RequestPattern(int id, List<PatternLine> lines) {}
