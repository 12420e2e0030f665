// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Reason;

/**
 * A list of workers, looked up again and again outside the path of a request, and its members; see
 * {@link Membership}. An answer that fails, is empty or names something that is no worker changes
 * nothing. Safe for any thread.
 */
public final class MemberWatch {
  private static final Logger LOG = LoggerFactory.getLogger(MemberWatch.class);

  private final String name;
  private final Consumer<Member> check;
  private final LongSupplier clock;
  private final Rounds rounds;
  private final Membership membership = new Membership();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile long forgetNanos;
  private volatile List<Member> members = List.of();
  private volatile @Nullable String failure;

  /**
   * @param name its name in the log
   * @param check throws IllegalArgumentException for a member that cannot be a worker
   * @param wanted whether the list is still needed
   * @param clock returns nanoseconds since any fixed time
   */
  public MemberWatch(
      String name,
      MemberSource source,
      Consumer<Member> check,
      BooleanSupplier wanted,
      LongSupplier clock) {
    this.name = name;
    this.check = check;
    this.clock = clock;
    this.rounds = new Rounds(source::loop, wanted, () -> source.ask(this::take));
  }

  /** How long a worker stays that answers do not name. */
  public void forgetAfter(long millis) {
    forgetNanos = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Asks from now on, as long as the list is needed. */
  public void begin() {
    rounds.begin();
  }

  /** All that belong to the list, by the texts of the ring; none before the first answer. */
  public List<Member> members() {
    return members;
  }

  /** Why the last answer did not count, for people; null if it did. */
  public @Nullable String failure() {
    return failure;
  }

  /** Waits for the end of the first question, with an answer or without. */
  public void await(long nanos) throws InterruptedException {
    answered.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** Calls a listener when the members change, on the thread of the source. */
  public void listen(Runnable listener) {
    listeners.add(listener);
  }

  /** Removes a listener. */
  public void ignore(Runnable listener) {
    listeners.remove(listener);
  }

  /** Takes an answer. Called on the loop of the source. */
  void take(Answer answer) {
    String fault = answer.failure() == null ? fault(answer.members()) : answer.failure();
    tell(fault);
    failure = fault;
    if (fault == null) {
      membership.take(answer.members(), clock.getAsLong(), forgetNanos);
      List<Member> now = membership.members();
      if (!now.equals(members)) {
        members = now;
        listeners.forEach(Runnable::run);
      }
    }
    answered.countDown();
    rounds.ended(answer.seconds() > 0 || fault == null ? answer.seconds() : Rounds.NO_NEWS);
  }

  private @Nullable String fault(List<Member> named) {
    if (named.isEmpty()) {
      return "the answer is empty";
    }
    long texts = named.stream().map(Member::ring).distinct().count();
    if (texts < named.size()) {
      return "two workers have one name; with ring=target:port their ports are a part of it";
    }
    try {
      named.forEach(check);
      return null;
    } catch (IllegalArgumentException e) {
      return Reason.of(e);
    }
  }

  /** Logs the first of several answers that do not count, and the end of them. */
  private void tell(@Nullable String fault) {
    if (fault != null && (failure == null || !failure.equals(fault))) {
      LOG.warn("{} says nothing new, its {} workers stay: {}", name, members.size(), fault);
    } else if (fault == null && failure != null) {
      LOG.info("{} can be read again", name);
    }
  }
}
