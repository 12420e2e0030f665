package org.synapsegateway.routing;

/**
 * Which patterns match a request, according to one automaton.
 *
 * <p>Requests that end in the same state share one. Immutable.
 */
final class Matches {
  private final Automaton automaton;
  private final long[] ids;

  Matches(Automaton automaton, long[] ids) {
    this.automaton = automaton;
    this.ids = ids;
  }

  /** Whether this automaton found them, so that its ids are meant. */
  boolean areOf(Automaton asked) {
    return automaton == asked;
  }

  boolean contains(int id) {
    return (ids[id >> 6] & 1L << id) != 0;
  }
}
