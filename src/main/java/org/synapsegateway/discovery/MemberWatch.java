// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Reason;

/**
 * A list of workers and its members (see {@link Membership}), which is read again and again outside
 * the path of a request. An answer that fails, is empty or names something that is not a worker
 * changes nothing. Safe for any thread.
 */
public final class MemberWatch {
  static final String EMPTY = "the answer is empty";

  /** A limit, so that a typing error in a weight cannot fill the memory with the ring. */
  private static final long MAX_WEIGHTS = 20_000;

  private final SourceState state;
  private final BooleanSupplier wanted;
  private final Function<Member, Object> place;
  private final LongSupplier clock;
  private final Rounds rounds;
  private final Membership membership = new Membership();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile long forgetNanos;
  private volatile List<Member> members = List.of();
  private volatile @Nullable String failure;

  /**
   * @param state counts its answers and failures
   * @param place returns where a member is, equal in each spelling; throws IllegalArgumentException
   *     for one that cannot be a worker
   * @param wanted whether the list is still needed
   * @param clock returns nanoseconds since any fixed time
   */
  public MemberWatch(
      SourceState state,
      MemberSource source,
      Function<Member, Object> place,
      BooleanSupplier wanted,
      LongSupplier clock) {
    this.state = state;
    this.wanted = wanted;
    this.place = place;
    this.clock = clock;
    this.rounds = new Rounds(source::loop, wanted, () -> source.ask(this::take));
  }

  /** Sets how long a worker stays a member that answers no longer name. */
  public void forgetAfter(long millis) {
    forgetNanos = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Asks from now on, as long as the list is needed. */
  public void begin() {
    state.begin(wanted);
    rounds.begin();
  }

  /** All members, ordered by their texts of the ring; none before the first answer. */
  public List<Member> members() {
    return members;
  }

  /** Why the last answer was unusable, in words; null if it was usable. */
  public @Nullable String failure() {
    return failure;
  }

  /** Waits until the first question has been answered or has failed. */
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
    try {
      judge(answer);
    } catch (RuntimeException e) { // of a listener; the list is asked for again nevertheless
      failure = "its workers cannot be used: " + e.getMessage();
      state.failed(AnswerFailure.UNUSABLE, failure, stay());
    }
    answered.countDown();
    boolean soon = answer.seconds() > 0 || failure == null;
    rounds.ended(soon ? answer.seconds() : Rounds.NO_NEWS);
  }

  private void judge(Answer answer) {
    String fault = answer.failure() == null ? fault(answer.members()) : answer.failure();
    failure = fault;
    if (fault != null) {
      boolean named = answer.trouble() == null && !answer.members().isEmpty();
      AnswerFailure trouble = answer.trouble() == null ? AnswerFailure.EMPTY : answer.trouble();
      state.failed(named ? AnswerFailure.UNUSABLE : trouble, fault, stay());
      return;
    }
    int left = membership.take(answer.members(), clock.getAsLong(), forgetNanos);
    List<Member> now = membership.members();
    List<Member> before = members;
    if (!now.equals(before)) {
      members = now;
      try {
        listeners.forEach(Runnable::run);
      } catch (RuntimeException e) {
        members = before; // so that it is tried again
        throw e;
      }
      state.changed(now.size(), left);
    }
    state.answered();
  }

  private String stay() {
    return "its " + members.size() + " workers stay";
  }

  private @Nullable String fault(List<Member> named) {
    if (named.isEmpty()) {
      return EMPTY;
    }
    Map<String, Member> byText = new HashMap<>();
    for (Member each : named) {
      Member other = byText.put(each.ring(), each);
      if (other != null) {
        return other.server().equals(each.server())
            ? each.server() + " is named twice"
            : each.ring()
                + " is named with two ports; with ring=target:port they are a part of the name";
      }
    }
    long weights = named.stream().mapToLong(each -> Math.max(1, each.weight())).sum();
    if (weights > MAX_WEIGHTS) {
      return "its weights are " + weights + " together; most is " + MAX_WEIGHTS;
    }
    try {
      Map<Object, Member> byPlace = new HashMap<>();
      for (Member each : named) {
        Member other = byPlace.put(place.apply(each), each);
        if (other != null) {
          return each.server() + " is named twice, also as " + other.server();
        }
      }
      return null;
    } catch (IllegalArgumentException e) {
      return Reason.of(e);
    }
  }
}
