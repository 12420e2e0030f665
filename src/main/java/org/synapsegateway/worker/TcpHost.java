// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.discovery.NameWatch;
import org.synapsegateway.discovery.Names;
import org.synapsegateway.discovery.SourceStates;

/**
 * The host of a worker: its current addresses, and which of them do not answer. Safe for any
 * thread.
 */
final class TcpHost {
  private static final Logger LOG = LoggerFactory.getLogger(TcpHost.class);

  private final WorkerAddress.Tcp worker;
  private final Runnable moved;
  private final SilentAddresses silent = new SilentAddresses(System::nanoTime);

  /** Null if the host is an address, and not a name. */
  private final @Nullable NameWatch watch;

  private final List<InetAddress> only;

  /** The address that accepted last; null if none has. */
  private volatile @Nullable InetAddress last;

  private final AtomicInteger accepted = new AtomicInteger();

  /**
   * @param wanted whether any route still sends to the worker
   * @param moved called when the addresses change, on any thread
   * @param sources counts the outcomes of its look-ups
   */
  TcpHost(
      WorkerAddress.Tcp worker,
      Names names,
      BooleanSupplier wanted,
      Runnable moved,
      SourceStates sources) {
    this.worker = worker;
    this.moved = moved;
    this.watch =
        worker.isNamed()
            ? names.watch(worker.host(), wanted, this::move, sources.host(worker.host()))
            : null;
    this.only =
        watch == null
            ? List.of(NetUtil.createInetAddressFromIpAddressString(worker.host()))
            : List.of();
  }

  private void move(List<InetAddress> before, List<InetAddress> now) {
    silent.retain(now);
    if (!before.isEmpty()) {
      LOG.info("{} is at {} now, no more at {}", worker, texts(now), texts(before));
    }
    moved.run();
  }

  static String texts(List<InetAddress> addresses) {
    return String.join(", ", addresses.stream().map(NetUtil::toAddressString).toList());
  }

  int port() {
    return worker.port();
  }

  /** Keeps its name looked up from now on. */
  void begin() {
    if (watch != null) {
      watch.begin();
    }
  }

  /** Looks its name up soon, because it could not be reached. */
  void hurry() {
    if (watch != null) {
      watch.hurry();
    }
  }

  /** Whether a look-up has ended, with or without addresses. */
  boolean isLookedUp() {
    return watch == null || watch.isAnswered();
  }

  /** Whether a peer that was connected to has one of its addresses still; only names move. */
  boolean isAt(InetAddress peer) {
    return watch == null || watch.addresses().contains(peer);
  }

  /** Its addresses; the one that accepted last comes first. */
  List<InetAddress> addresses() {
    List<InetAddress> known = watch == null ? only : watch.addresses();
    InetAddress first = last;
    if (known.size() < 2 || first == null || !known.contains(first)) {
      return known;
    }
    List<InetAddress> order = new ArrayList<>(known);
    order.remove(first);
    order.add(0, first);
    return order;
  }

  /** Why it has no address, for people. */
  String lost() {
    String failure = watch == null ? null : watch.failure();
    return "no address of %s is known%s"
        .formatted(worker.host(), failure == null ? " yet" : ": " + failure);
  }

  /** The addresses that do not answer. */
  SilentAddresses silent() {
    return silent;
  }

  /** How many connections it has accepted so far, in all. */
  int acceptedCount() {
    return accepted.get();
  }

  void accepted(InetAddress address) {
    last = address;
    accepted.incrementAndGet();
    silent.answered(address);
  }

  @Override
  public String toString() {
    return worker.toString();
  }
}
