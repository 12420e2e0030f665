// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one host, from the last good answer.
 *
 * <p>It is looked up again when the lifetime of the answer ends, after 1 to 30 s, and earlier on
 * request. An error, a missing answer and an empty one change nothing. IPv4 and IPv6 are asked for
 * by questions of their own, of which one may get lost, so a family stays that only one answer
 * lacks. Safe for any thread.
 */
public final class NameWatch {
  /**
   * IPv6 first (RFC 8305, chapter 4), and the rest so that the order of answers does not matter.
   */
  private static final Comparator<InetAddress> ORDER =
      Comparator.comparing((InetAddress address) -> !(address instanceof Inet6Address))
          .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

  /** Is called when the addresses change. */
  @FunctionalInterface
  public interface Listener {
    /** The host has these addresses from now on. Called on the thread of {@link Names}. */
    void moved(List<InetAddress> before, List<InetAddress> now);
  }

  private final Names names;
  private final String host;
  private final Listener listener;
  private final Rounds rounds;
  private volatile List<InetAddress> addresses = List.of();
  private final BooleanSupplier wanted;
  private final SourceState state;
  private volatile @Nullable String failure;
  private volatile boolean answered;

  /** Whether the last good answer lacked a family; confined to the thread of {@link Names}. */
  private boolean lacks;

  NameWatch(
      Names names, String host, BooleanSupplier wanted, Listener listener, SourceState state) {
    this.names = names;
    this.host = host;
    this.listener = listener;
    this.wanted = wanted;
    this.state = state;
    this.rounds = new Rounds(names::loop, wanted, this::ask);
  }

  /** The addresses of the last good answer, IPv6 first; none if there was no good answer. */
  public List<InetAddress> addresses() {
    return addresses;
  }

  /** Why the last question had no answer, for people; null if it had one or there was none. */
  public @Nullable String failure() {
    return failure;
  }

  /** Whether any question has ended, with an answer or without. */
  public boolean isAnswered() {
    return answered;
  }

  /** Asks from now on, as long as the addresses are needed. */
  public void begin() {
    state.begin(wanted);
    rounds.begin();
  }

  /** Asks soon, as the host could not be reached where it was. */
  public void hurry() {
    rounds.hurry();
  }

  private void ask() {
    names.resolve(host).addListener((Future<List<InetAddress>> answer) -> take(answer));
  }

  private void take(Future<List<InetAddress>> answer) {
    boolean good = answer.isSuccess() && !answer.getNow().isEmpty();
    try {
      judge(answer, good);
    } finally { // even if a listener fails
      answered = true;
      rounds.ended(good ? lifetime() : Rounds.NO_NEWS);
    }
  }

  private void judge(Future<List<InetAddress>> answer, boolean good) {
    if (good) {
      failure = null;
      state.answered();
      move(whole(answer.getNow()).distinct().sorted(ORDER).toList());
    } else {
      failure = answer.isSuccess() ? MemberWatch.EMPTY : Names.reason(answer.cause());
      state.failed(
          answer.isSuccess() ? AnswerFailure.EMPTY : Names.trouble(answer.cause()),
          failure,
          addresses.isEmpty() ? null : "its address stays");
    }
  }

  private long lifetime() {
    return lacks ? Rounds.MIN_SECONDS : names.lifetime(host, Rounds.MAX_SECONDS);
  }

  /** What an answer names, and the family that it is the first to lack. */
  private Stream<InetAddress> whole(List<InetAddress> named) {
    List<InetAddress> missing =
        addresses.stream()
            .filter(old -> named.stream().noneMatch(each -> each.getClass() == old.getClass()))
            .toList();
    lacks = !lacks && !missing.isEmpty();
    return lacks ? Stream.concat(named.stream(), missing.stream()) : named.stream();
  }

  private void move(List<InetAddress> now) {
    List<InetAddress> before = addresses;
    if (!before.equals(now)) {
      addresses = now;
      listener.moved(before, now);
    }
  }
}
