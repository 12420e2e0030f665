// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Makes the choices of a try that breaks a property smaller, as long as they still break it. */
final class Shrinking {
  private static final int MAX_TRIES = 5_000;
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(40);

  private final Predicate<List<Object>> breaks;
  private List<Object> best;
  private final long begun = System.nanoTime();
  private int tries;

  private Shrinking(List<Object> choices, Predicate<List<Object>> breaks) {
    this.best = choices;
    this.breaks = breaks;
  }

  static List<Object> of(List<Object> choices, Predicate<List<Object>> breaks) {
    Shrinking shrinking = new Shrinking(choices, breaks);
    shrinking.run();
    return shrinking.best;
  }

  private void run() {
    List<Object> before;
    do {
      before = best;
      for (int at = best.size() - 1; at >= 0; at--) {
        if (best.get(at) instanceof String text) {
          shorten(at, text);
          simplify(at);
        } else {
          lower(at);
        }
      }
    } while (!best.equals(before));
  }

  /** Takes spans out of a text, long ones first. */
  private void shorten(int at, String text) {
    String kept = text;
    for (int span = Math.max(text.length(), 1); span > 0; span /= 2) {
      for (int from = 0; from + span <= kept.length(); ) {
        String shorter = kept.substring(0, from) + kept.substring(from + span);
        if (replace(at, shorter)) {
          kept = shorter;
        } else {
          from += span;
        }
      }
    }
  }

  /** Puts plain letters where the characters do not matter. */
  private void simplify(int at) {
    String text = (String) best.get(at);
    for (int i = 0; i < text.length(); i++) {
      String simpler = text.substring(0, i) + 'a' + text.substring(i + 1);
      if (text.charAt(i) != 'a' && replace(at, simpler)) {
        text = simpler;
      }
    }
  }

  private void lower(int at) {
    int number = (Integer) best.get(at);
    if (number == 0 || replace(at, 0)) {
      return;
    }
    while (number > 1 && replace(at, number / 2)) {
      number /= 2;
    }
    while (number > 1 && replace(at, number - 1)) {
      number--;
    }
  }

  private boolean replace(int at, Object choice) {
    if (tries++ >= MAX_TRIES || System.nanoTime() - begun > MAX_NANOS) {
      return false;
    }
    List<Object> smaller = new ArrayList<>(best);
    smaller.set(at, choice);
    if (!breaks.test(smaller)) {
      return false;
    }
    best = smaller;
    return true;
  }
}
