// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.util.List;
import java.util.Map;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.RepeatableRequests;
import org.synapsegateway.routing.pattern.Automaton;
import org.synapsegateway.routing.pattern.BadPatternException;
import org.synapsegateway.routing.pattern.PatternLine;
import org.synapsegateway.routing.pattern.PatternParser;

/**
 * The requests that may be sent to a second worker when the first one has died, though they are
 * POSTs: a bean of the routes with their lines, in the {@code request} language.
 *
 * <p>By HTTP's own rules GET, HEAD, OPTIONS, PUT and DELETE may be. Of Matrix' POSTs many only ask.
 * A context may have several such beans. Safe for any thread.
 */
public final class Repeatable implements RepeatableRequests {
  /** Enough for the paths of all requests that any bean names. */
  private static final int MAX_STATES = 512;

  private volatile Automaton automaton = new Automaton(Map.of());

  /**
   * Lines as {@code POST ^/_matrix/client/v3/search$}.
   *
   * @throws IllegalArgumentException if a line cannot be read
   */
  public void setRequests(String requests) {
    List<PatternLine> lines;
    try {
      lines = PatternParser.parse(requests);
    } catch (BadPatternException e) {
      // without a cause, because the message says it all
      throw new IllegalArgumentException(
          "line " + e.line() + ": " + e.getMessage() + e.quotation());
    }
    automaton = new Automaton(Map.of(0, lines), MAX_STATES, Automaton.MAX_SLOW_BYTES);
  }

  @Override
  public boolean contains(RequestHead head) {
    return automaton.match(head).contains(0);
  }
}
