// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the answers and failures of the questions about one list of workers or one host, as long
 * as the gateway runs. A trouble is logged when it begins, when its kind changes and when it ends.
 * Safe for any thread.
 */
public final class SourceState {
  private static final Logger LOG = LoggerFactory.getLogger(SourceState.class);

  /**
   * Trouble that lasts.
   *
   * @param why the reason, in words
   * @param since when the trouble began
   */
  public record Failing(AnswerFailure trouble, String why, Instant since) {}

  private final String name;
  private final boolean list;
  private final Map<AnswerFailure, AtomicLong> failures = new EnumMap<>(AnswerFailure.class);
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong forgotten = new AtomicLong();
  private final CopyOnWriteArrayList<BooleanSupplier> users = new CopyOnWriteArrayList<>();
  private volatile long goodNanos = System.nanoTime();
  private volatile int members;
  private volatile @Nullable Failing failing;
  private boolean told;

  /**
   * @param name its name in logs and meters
   * @param list whether it is a list of workers, not a host
   */
  SourceState(String name, boolean list) {
    this.name = name;
    this.list = list;
    for (AnswerFailure each : AnswerFailure.values()) {
      failures.put(each, new AtomicLong());
    }
  }

  /** Its name in logs and meters. */
  public String name() {
    return name;
  }

  /** Whether it is a list of workers, not a host. */
  public boolean isList() {
    return list;
  }

  /** Questions are asked from now on, as long as the answers are needed. */
  void begin(BooleanSupplier wanted) {
    if (!isWanted()) {
      goodNanos = System.nanoTime();
      failing = null;
    }
    users.addIfAbsent(wanted);
  }

  /** Whether anybody needs the answers. */
  public boolean isWanted() {
    users.removeIf(wanted -> !wanted.getAsBoolean());
    return !users.isEmpty();
  }

  /** A usable answer has come. */
  synchronized void answered() {
    goodNanos = System.nanoTime();
    failing = null;
    if (told) {
      told = false;
      LOG.info("{} can be read again", name);
    }
  }

  /**
   * An unusable answer has come, or none.
   *
   * @param stays what stays in use, in words; null if nothing is known, which is logged elsewhere
   */
  synchronized void failed(AnswerFailure trouble, String why, @Nullable String stays) {
    counted(trouble).incrementAndGet();
    Failing before = failing;
    failing = new Failing(trouble, why, before == null ? Instant.now() : before.since);
    if (stays != null && (before == null || !before.why.equals(why))) {
      told = true;
      LOG.warn("{} says nothing new, {}: {}", name, stays, why);
    }
  }

  /**
   * The members of the list have changed.
   *
   * @param now how many members there are now
   * @param gone how many members were removed because no answer has named them for too long
   */
  void changed(int now, int gone) {
    members = now;
    changes.incrementAndGet();
    forgotten.addAndGet(gone);
  }

  /** Seconds since the last usable answer, or since the first question. */
  public double age() {
    return (System.nanoTime() - goodNanos) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** The present trouble; null if the last answer was usable or none has come yet. */
  public @Nullable Failing failing() {
    return failing;
  }

  /** How many answers were unusable for this reason. */
  public long failures(AnswerFailure trouble) {
    return counted(trouble).get();
  }

  private AtomicLong counted(AnswerFailure trouble) {
    return Objects.requireNonNull(failures.get(trouble)); // each has one from the beginning
  }

  /** How many workers belong to the list. */
  public int members() {
    return members;
  }

  /** How often the members of the list have changed. */
  public long changes() {
    return changes.get();
  }

  /** How many workers have left the list. */
  public long forgotten() {
    return forgotten.get();
  }
}
