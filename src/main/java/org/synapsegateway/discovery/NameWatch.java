// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The addresses of one host as they were told last.
 *
 * <p>It is asked for as often as its answers live, from 1 to 30 s, and sooner when somebody is in a
 * hurry. An error, an answer that does not come and an empty one are no news: what was told before
 * still counts. Safe for any thread.
 */
public final class NameWatch {
  /**
   * IPv6 first (RFC 8305, chapter 4), and the rest so that the order of answers does not matter.
   */
  private static final Comparator<InetAddress> ORDER =
      Comparator.comparing((InetAddress address) -> !(address instanceof Inet6Address))
          .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

  /** Who hears of other addresses. */
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
  private volatile String failure;
  private volatile boolean answered;

  NameWatch(
      Names names, String host, BooleanSupplier wanted, Listener listener, SourceState state) {
    this.names = names;
    this.host = host;
    this.listener = listener;
    this.wanted = wanted;
    this.state = state;
    this.rounds = new Rounds(names::loop, wanted, this::ask);
  }

  /** The addresses that were told last, IPv6 first; none if none has ever been told. */
  public List<InetAddress> addresses() {
    return addresses;
  }

  /** Why the last question had no answer, for people; null if it had one or there was none. */
  public String failure() {
    return failure;
  }

  /** Whether any question has ended, be it without an answer. */
  public boolean isAnswered() {
    return answered;
  }

  /** Asks from now on, until nobody wants to know. */
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
    if (good) {
      failure = null;
      state.answered();
      move(answer.getNow().stream().distinct().sorted(ORDER).toList());
    } else {
      failure = answer.isSuccess() ? MemberWatch.EMPTY : Names.reason(answer.cause());
      state.failed(
          answer.isSuccess() ? Trouble.EMPTY : Names.trouble(answer.cause()),
          failure,
          addresses.isEmpty() ? null : "its address stays");
    }
    answered = true;
    rounds.ended(good ? names.lifetime(host, Rounds.MAX_SECONDS) : Rounds.NO_NEWS);
  }

  private void move(List<InetAddress> now) {
    List<InetAddress> before = addresses;
    if (!before.equals(now)) {
      addresses = now;
      listener.moved(before, now);
    }
  }
}
