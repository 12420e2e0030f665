// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.lang.ref.WeakReference;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.request.Request;
import org.synapsegateway.routing.pattern.Automaton;
import org.synapsegateway.routing.pattern.BadPatternException;
import org.synapsegateway.routing.pattern.Matches;
import org.synapsegateway.routing.pattern.PatternLine;
import org.synapsegateway.routing.pattern.PatternParser;

/**
 * All request patterns of a Camel context, matched by one automaton.
 *
 * <p>A pattern stays as long as a route holds it, and one that a reloaded route brings again is the
 * same one, so that only new patterns make a new automaton. A request that was matched before that
 * is then matched again. Safe for any thread.
 */
final class RequestPatterns {
  private final Map<String, WeakReference<RequestPattern>> known = new LinkedHashMap<>();

  /** Null until it is asked for, after a new pattern. */
  private volatile @Nullable Automaton automaton;

  /**
   * The pattern with this text.
   *
   * @throws BadPatternException if a line cannot be read
   */
  synchronized RequestPattern get(String text) {
    WeakReference<RequestPattern> held = known.get(text);
    RequestPattern pattern = held == null ? null : held.get();
    if (pattern == null) {
      List<PatternLine> lines = PatternParser.parse(text);
      pattern = new RequestPattern(freeId(), lines);
      known.put(text, new WeakReference<>(pattern));
      automaton = null;
    }
    return pattern;
  }

  /** The patterns that a request matches, which are remembered on the request. */
  Matches matches(Request request) {
    Automaton present = automaton();
    if (request.matches() instanceof Matches matches && matches.areOf(present)) {
      return matches;
    }
    Matches matches = present.match(request.present());
    request.matches(matches);
    return matches;
  }

  /** The automaton of all patterns that a route holds. */
  Automaton automaton() {
    Automaton present = automaton;
    return present == null ? makeAutomaton() : present;
  }

  private synchronized Automaton makeAutomaton() {
    if (automaton == null) {
      Map<Integer, List<PatternLine>> lines = new HashMap<>();
      for (WeakReference<RequestPattern> held : known.values()) {
        RequestPattern pattern = held.get();
        if (pattern != null) {
          lines.put(pattern.id(), pattern.lines());
        }
      }
      automaton = new Automaton(lines);
    }
    return automaton;
  }

  /** Forgets the patterns that no route holds any more, and returns an id that none has. */
  private int freeId() {
    BitSet used = new BitSet();
    known.values().removeIf(held -> held.get() == null);
    for (WeakReference<RequestPattern> held : known.values()) {
      RequestPattern pattern = held.get();
      if (pattern != null) {
        used.set(pattern.id());
      }
    }
    return used.nextClearBit(0);
  }

  /** How many patterns there are; those that no route holds any more may still count. */
  synchronized int size() {
    return known.size();
  }
}
