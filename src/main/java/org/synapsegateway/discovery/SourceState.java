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
 * How the questions about one list of workers or one host go, counted as long as the gateway runs.
 * Trouble is logged when it begins, when it becomes another and when it ends. Safe for any thread.
 */
public final class SourceState {
  private static final Logger LOG = LoggerFactory.getLogger(SourceState.class);

  /**
   * Trouble that lasts.
   *
   * @param why what the last answer says, for people
   * @param since when the first of these answers came
   */
  public record Failing(Trouble trouble, String why, Instant since) {}

  private final String name;
  private final boolean list;
  private final Map<Trouble, AtomicLong> failures = new EnumMap<>(Trouble.class);
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong forgotten = new AtomicLong();
  private final CopyOnWriteArrayList<BooleanSupplier> users = new CopyOnWriteArrayList<>();
  private volatile long goodNanos = System.nanoTime();
  private volatile int members;
  private volatile @Nullable Failing failing;
  private boolean told;

  /**
   * @param name as logs and meters have it
   * @param list whether it is a list of workers, and no host
   */
  SourceState(String name, boolean list) {
    this.name = name;
    this.list = list;
    for (Trouble each : Trouble.values()) {
      failures.put(each, new AtomicLong());
    }
  }

  /** What logs and meters call it. */
  public String name() {
    return name;
  }

  /** Whether it is a list of workers, and no host. */
  public boolean isList() {
    return list;
  }

  /** It is asked about from now on, as long as somebody wants to know. */
  void begin(BooleanSupplier wanted) {
    if (!isWanted()) {
      goodNanos = System.nanoTime();
      failing = null;
    }
    users.addIfAbsent(wanted);
  }

  /** Whether anybody wants to know. */
  public boolean isWanted() {
    users.removeIf(wanted -> !wanted.getAsBoolean());
    return !users.isEmpty();
  }

  /** An answer has come that counts. */
  synchronized void answered() {
    goodNanos = System.nanoTime();
    failing = null;
    if (told) {
      told = false;
      LOG.info("{} can be read again", name);
    }
  }

  /**
   * An answer has come that does not count, or none.
   *
   * @param stays what counts nevertheless, for people; null if nothing is known, which others tell
   */
  synchronized void failed(Trouble trouble, String why, @Nullable String stays) {
    counted(trouble).incrementAndGet();
    Failing before = failing;
    failing = new Failing(trouble, why, before == null ? Instant.now() : before.since);
    if (stays != null && (before == null || !before.why.equals(why))) {
      told = true;
      LOG.warn("{} says nothing new, {}: {}", name, stays, why);
    }
  }

  /**
   * Other workers belong to the list.
   *
   * @param now how many do
   * @param gone how many of those before no answer has named for too long
   */
  void changed(int now, int gone) {
    members = now;
    changes.incrementAndGet();
    forgotten.addAndGet(gone);
  }

  /** Seconds since the last answer that counts, or since the first question. */
  public double age() {
    return (System.nanoTime() - goodNanos) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** The trouble that lasts; null if the last answer counts or none has come yet. */
  public @Nullable Failing failing() {
    return failing;
  }

  /** How many answers did not count for a reason. */
  public long failures(Trouble trouble) {
    return counted(trouble).get();
  }

  private AtomicLong counted(Trouble trouble) {
    return Objects.requireNonNull(failures.get(trouble)); // each has one from the beginning
  }

  /** How many workers belong to the list. */
  public int members() {
    return members;
  }

  /** How often other workers have belonged to the list. */
  public long changes() {
    return changes.get();
  }

  /** How many workers have left the list. */
  public long forgotten() {
    return forgotten.get();
  }
}
