// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.util.List;
import org.synapsegateway.routing.pattern.PatternLine;

/**
 * The pattern lines of a {@code request} expression, and the id under which the automaton knows
 * them.
 *
 * <p>Expressions with the same text have the same one. Immutable.
 */
record RequestPattern(int id, List<PatternLine> lines) {}
