// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fuzz;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tries a property on many inputs.
 *
 * <p>The same inputs in every build: they depend on the seed alone, which is the system property
 * {@code fuzz.seed}, or 1. {@code fuzz.times} multiplies their number. What breaks a property is
 * made as small as possible and shown as it would be written in Java. A property that does not come
 * to an end with one input within {@value #STALLED_SECONDS} s, which is some thousand times what
 * any takes, is broken too.
 */
public final class Fuzz {
  private static final int STALLED_SECONDS = 60;
  private static final AtomicLong TRIED = new AtomicLong();

  /** What must be so, whatever is drawn. */
  @FunctionalInterface
  public interface Property {
    void check(Choices choices) throws Exception;
  }

  private final Property property;
  private final long seed = Long.getLong("fuzz.seed", 1);
  private volatile Choices current;

  private Fuzz(Property property) {
    this.property = property;
  }

  /** Fails with the smallest input found that breaks the property. */
  public static void check(int tries, Property property) {
    new Fuzz(property).check((long) tries * Integer.getInteger("fuzz.times", 1));
  }

  /** How many inputs have been tried in this JVM. */
  public static long tried() {
    return TRIED.get();
  }

  /** In a thread of its own, so that a try without end can be told. */
  private void check(long tries) {
    FutureTask<Void> all = new FutureTask<>(() -> run(tries), null);
    Thread thread = new Thread(all, "fuzz");
    thread.setDaemon(true);
    thread.start();
    Choices last = null;
    while (true) {
      try {
        all.get(STALLED_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        if (current == last) {
          throw new AssertionError(
              "no end with " + show(current.drawn()) + stack(thread.getStackTrace()), e);
        }
        last = current;
      } catch (ExecutionException e) {
        throw e.getCause() instanceof AssertionError broken ? broken : new AssertionError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  private void run(long tries) {
    for (long i = 0; i < tries; i++) {
      // far apart, because near seeds make alike beginnings
      Choices choices = Choices.atRandom((seed * 1_000_003 + i) * 0x9E3779B97F4A7C15L);
      Throwable broken = breaks(choices);
      TRIED.incrementAndGet();
      if (broken != null) {
        report(i, choices.drawn(), broken);
      }
    }
  }

  private void report(long at, List<Object> drawn, Throwable first) {
    List<Object> smallest = Shrinking.of(drawn, smaller -> breaks(Choices.again(smaller)) != null);
    Choices again = Choices.again(smallest);
    Throwable why = breaks(again);
    throw new AssertionError(
        "broken by try "
            + at
            + " of seed "
            + seed
            + ": "
            + first
            + "\nsmallest: "
            + show(again.drawn()),
        why == null ? first : why);
  }

  private Throwable breaks(Choices choices) {
    current = choices;
    try {
      property.check(choices);
      return null;
    } catch (Throwable e) {
      // also errors: a stack that overflows is a find like any other
      return e;
    }
  }

  private static String show(List<Object> drawn) {
    StringBuilder shown = new StringBuilder();
    for (Object choice : drawn) {
      shown.append("\n  ").append(choice instanceof String text ? inJava(text) : choice);
    }
    return shown.toString();
  }

  private static String stack(StackTraceElement[] stack) {
    StringBuilder shown = new StringBuilder("\nat");
    for (StackTraceElement element : stack) {
      shown.append("\n    ").append(element);
    }
    return shown.toString();
  }

  /** A text as it is written in a Java source. */
  static String inJava(String text) {
    StringBuilder java = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\r' -> java.append("\\r");
        case '\n' -> java.append("\\n");
        case '\t' -> java.append("\\t");
        case '"' -> java.append("\\\"");
        case '\\' -> java.append("\\\\");
        default -> {
          if (c >= ' ' && c < 0x7f) {
            java.append(c);
          } else {
            java.append(String.format(c < 0x100 ? "\\%03o" : "\\u%04x", (int) c));
          }
        }
      }
    }
    return java.append('"').toString();
  }
}
