// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * The addresses of one host as they were told last.
 *
 * <p>It is asked for as often as its answers live, from {@value #MIN_SECONDS} to {@value
 * #MAX_SECONDS} s, and sooner when somebody is in a hurry. An error, an answer that does not come
 * and an empty one are no news: what was told before still counts. Safe for any thread.
 */
public final class NameWatch {
  static final long MIN_SECONDS = 1;
  static final long MAX_SECONDS = 30;

  /** The least time between two questions. */
  private static final long HURRY_MILLIS = 500;

  /** Questions are asked so much sooner or later, so that gateways do not ask all at once. */
  private static final double JITTER = 0.1;

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
  private final BooleanSupplier wanted;
  private final Listener listener;
  private final AtomicBoolean hurries = new AtomicBoolean();
  private volatile List<InetAddress> addresses = List.of();
  private volatile String failure;
  private volatile boolean answered;

  // confined to the loop of the names
  private boolean running;
  private boolean asking;
  private long begun;
  private long pauseSeconds = MIN_SECONDS;
  private Future<?> next;

  NameWatch(Names names, String host, BooleanSupplier wanted, Listener listener) {
    this.names = names;
    this.host = host;
    this.wanted = wanted;
    this.listener = listener;
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
    names
        .loop()
        .execute(
            () -> {
              if (!running) {
                running = true;
                ask();
              }
            });
  }

  /** Asks soon, as the host could not be reached where it was. */
  public void hurry() {
    if (hurries.compareAndSet(false, true)) {
      names.loop().execute(this::askSoon);
    }
  }

  private void askSoon() {
    if (running && !asking) {
      next.cancel(false);
      long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
      askIn(Math.max(0, HURRY_MILLIS - passed));
    }
  }

  private void askIn(long millis) {
    next = names.loop().schedule(this::ask, millis, TimeUnit.MILLISECONDS);
  }

  private void ask() {
    if (!wanted.getAsBoolean()) {
      running = false;
      return;
    }
    hurries.set(false);
    asking = true;
    begun = System.nanoTime();
    names.resolve(host).addListener((Future<List<InetAddress>> answer) -> take(answer));
  }

  private void take(Future<List<InetAddress>> answer) {
    asking = false;
    boolean good = answer.isSuccess() && !answer.getNow().isEmpty();
    if (good) {
      failure = null;
      pauseSeconds = Math.max(MIN_SECONDS, names.lifetime(host, MAX_SECONDS));
      move(answer.getNow().stream().distinct().sorted(ORDER).toList());
    } else {
      failure = answer.isSuccess() ? "the answer is empty" : reason(answer.cause());
    }
    answered = true;
    double jitter = 1 - JITTER + 2 * JITTER * ThreadLocalRandom.current().nextDouble();
    long millis = (long) (TimeUnit.SECONDS.toMillis(pauseSeconds) * jitter);
    if (!good) {
      pauseSeconds = Math.min(2 * pauseSeconds, MAX_SECONDS);
    }
    askIn(hurries.get() ? HURRY_MILLIS : millis);
  }

  private void move(List<InetAddress> now) {
    List<InetAddress> before = addresses;
    if (!before.equals(now)) {
      addresses = now;
      listener.moved(before, now);
    }
  }

  private static String reason(Throwable cause) {
    Throwable last = cause;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.getMessage() == null ? last.toString() : last.getMessage();
  }
}
