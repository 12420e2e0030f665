// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What has happened to workers and routes lately, {@value #MAX} events at most. Thread-safe. */
public final class Events {
  static final int MAX = 200;

  /** So much of a text is kept, in characters. */
  private static final int MAX_TEXT = 500;

  /** What kind of thing happens. */
  public enum Kind {
    DOWN,
    FAILING,
    UP,
    DRAINED,
    UNDRAINED,
    RELOADED,
    REFUSED,
    LIMIT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One of them.
   *
   * @param at when, as ISO 8601 has it, to the second
   * @param kind the {@link Kind} in small letters
   * @param worker the name of the worker that it is about; null if it is about none
   */
  public record Event(String at, String kind, @Nullable String worker, String text) {}

  private final InstantSource clock;
  private final Deque<Event> events = new ArrayDeque<>();

  public Events() {
    this(InstantSource.system());
  }

  Events(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Adds an event, and forgets the oldest if there are too many.
   *
   * @param worker its name; null if the event is about none
   */
  public synchronized void add(Kind kind, @Nullable String worker, String text) {
    String at = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String kept = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "..";
    events.addFirst(new Event(at, kind.toString(), worker, kept));
    if (events.size() > MAX) {
      events.removeLast();
    }
  }

  /** All that are kept, the newest first. */
  public synchronized List<Event> latest() {
    return List.copyOf(events);
  }
}
