// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

/**
 * Which patterns match a request, according to one automaton.
 *
 * <p>Requests that end in the same state share one. Immutable.
 */
public final class Matches {
  private final Automaton automaton;
  private final long[] ids;

  Matches(Automaton automaton, long[] ids) {
    this.automaton = automaton;
    this.ids = ids;
  }

  /** Whether this automaton found them, so that its ids are meant. */
  public boolean areOf(Automaton asked) {
    return automaton == asked;
  }

  /** Whether the pattern with this id is among them. */
  public boolean contains(int id) {
    return (ids[id >> 6] & 1L << id) != 0;
  }
}
