// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.PerLoop;

/**
 * One worker: its address, the connections to it, its limit of requests, and whether it is drained.
 *
 * <p>All steps that name its address share it, whatever their options, in all generations of
 * routes, so a reload reopens no connection. When no endpoint uses it any more, its idle
 * connections are closed. Safe for any thread; its pools are confined to their event loops.
 */
public final class Worker {
  private final Workers all;
  private final WorkerAddress address;

  /** Null if requests go to it without TLS. */
  private final @Nullable WorkerTls tls;

  /** Null for a UNIX socket. */
  private final @Nullable TcpHost host;

  private final ConcurrencyLimiter limiter = new ConcurrencyLimiter();
  private final AtomicInteger users = new AtomicInteger();
  private final PerLoop<WorkerPool> pools = new PerLoop<>(loop -> new WorkerPool(this, loop));
  private volatile boolean drained;

  Worker(Workers all, WorkerAddress address, @Nullable WorkerTls tls) {
    this.all = all;
    this.address = address;
    this.tls = tls;
    this.host =
        address instanceof WorkerAddress.Tcp tcp
            ? new TcpHost(tcp, all.names(), this::isUsed, this::moved, all.sources())
            : null;
  }

  WorkerAddress address() {
    return address;
  }

  /** Its address in the form of a URI, normalized. */
  public String server() {
    return address.server();
  }

  /** Opens the connections of a new pool. */
  Dialler dialler() {
    if (host == null || !(address instanceof WorkerAddress.Tcp tcp)) {
      return UnixDialler.of(address.toString());
    }
    Dialler plain = new TcpDialler(host);
    return tls == null ? plain : new TlsDialler(plain, all.tls(tls.ca()), tls.name(), tcp);
  }

  /** The TLS of its connections; null if they have none. */
  @Nullable WorkerTls tls() {
    return tls;
  }

  /** Keeps the addresses of its host looked up from now on; does nothing for a UNIX socket. */
  void lookUp() {
    if (host != null) {
      host.begin();
    }
  }

  /** The addresses of its host as they are known now; none for a UNIX socket. */
  List<InetAddress> addresses() {
    return host == null ? List.of() : host.addresses();
  }

  /** Why its host has no address, for people; empty for a UNIX socket. */
  String lost() {
    return host == null ? "" : host.lost();
  }

  private void moved() {
    pools.all().forEach(WorkerPool::closeStale);
  }

  /** Whether a connection leads to one of its addresses, and not to where its host was before. */
  boolean hasAtItsEnd(WorkerConnection connection) {
    return host == null
        || connection.peer() instanceof InetSocketAddress peer && host.isAt(peer.getAddress());
  }

  /** Limits the requests to it. */
  ConcurrencyLimiter limiter() {
    return limiter;
  }

  boolean isDrained() {
    return drained;
  }

  /** Drains it or ends the drain, for all routes and those that are loaded later. */
  void drain(boolean yes) {
    all.drain(address, yes);
  }

  /** Takes over whether it is drained, because a drain is of an address. */
  void isDrained(boolean yes) {
    drained = yes;
  }

  /** One more endpoint uses it. */
  void enter() {
    users.incrementAndGet();
  }

  /** An endpoint uses it no longer; after the last one, idle connections are closed. */
  void leave() {
    if (users.decrementAndGet() == 0) {
      pools.all().forEach(WorkerPool::closeIfUnused);
    }
  }

  /** Whether an endpoint uses it. */
  boolean isUsed() {
    return users.get() > 0;
  }

  /** Whether it has no state that would be lost if it were removed and made again. */
  boolean isForgettable() {
    return !isUsed() && !drained && openConnections() == 0 && limiter.isEmpty();
  }

  /** How many connections to it are open. */
  public int openConnections() {
    return pools.all().mapToInt(WorkerPool::openCount).sum();
  }

  /** How many of its open connections are idle. */
  public int idleConnections() {
    return pools.all().mapToInt(WorkerPool::idleCount).sum();
  }

  /** Its connections on one event loop; called on that loop. */
  WorkerPool pool(Loop loop) {
    return pools.of(loop);
  }

  /** Closes its oldest idle connection on a loop; called on that loop; false if there is none. */
  boolean closeOldest(Loop loop) {
    WorkerPool pool = pools.orNull(loop);
    return pool != null && pool.closeOldest();
  }

  /** Closes an idle connection of any worker on a loop; returns false if there is none. */
  boolean spareConnection(Loop loop) {
    return all.spareConnection(loop);
  }
}
