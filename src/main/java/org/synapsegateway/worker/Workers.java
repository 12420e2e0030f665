// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.discovery.ExecutorThread;
import org.synapsegateway.discovery.Names;
import org.synapsegateway.discovery.SourceStates;
import org.synapsegateway.net.Loop;
import org.synapsegateway.tls.ClientTls;

/**
 * All workers, by their addresses, kept from one generation of routes to the next.
 *
 * <p>A worker is kept as long as an endpoint uses it, a connection to it is open or it is drained.
 * Safe for any thread.
 */
public final class Workers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

  /**
   * What makes a worker another one.
   *
   * @param tls null if it is asked in plain
   */
  private record Key(WorkerAddress address, @Nullable WorkerTls tls) {
    boolean has(@Nullable Path ca) {
      return tls != null && Objects.equals(tls.ca(), ca);
    }
  }

  /** How often files of authorities are looked at. */
  private static final long LOOK_SECONDS = 1;

  private static final long PAUSE_OF_WARNINGS = TimeUnit.MINUTES.toNanos(1);

  private final Map<Key, Worker> byKey = new HashMap<>();
  private final Map<Path, ClientTls> authorities = new HashMap<>();
  private final SourceStates sources = new SourceStates();
  private final MemberLists lists = new MemberLists(this);
  private volatile Names names = Names.from("");

  private final ExecutorThread fileThread = new ExecutorThread("worker-files");

  /** Where files of lists are read; null before there is one. */
  private @Nullable EventExecutor fileLoop;

  private boolean closed;

  private final AtomicLong warned = new AtomicLong(System.nanoTime() - 2 * PAUSE_OF_WARNINGS);

  /** Has the hosts of workers that come from now on looked up there. */
  public void lookUpIn(Names from) {
    names = from;
  }

  Names names() {
    return names;
  }

  /** How the questions about lists and hosts go. */
  public SourceStates sources() {
    return sources;
  }

  /** The lists of workers. */
  MemberLists lists() {
    return lists;
  }

  /** Where files of lists are read. */
  synchronized EventExecutor fileLoop() {
    if (fileLoop == null) {
      if (closed) {
        throw new IllegalStateException("no file of workers is read any more");
      }
      fileLoop = new DefaultEventExecutor(fileThread);
    }
    return fileLoop;
  }

  /** Waits until each list of workers has been read once, for this many milliseconds at most. */
  public void awaitLists(long millis) throws InterruptedException {
    lists.await(millis);
  }

  /** Ends the threads that look for workers, and waits for that; nobody may use these any more. */
  @Override
  public void close() {
    names.close();
    EventExecutor ends;
    synchronized (this) {
      closed = true;
      ends = fileLoop;
    }
    if (ends != null) {
      // a file on a disk that has gone may keep it
      fileThread.end(ends, TimeUnit.SECONDS.toMillis(1));
    }
  }

  /** The worker at an address, for an endpoint that leaves it at its end. */
  synchronized Worker enter(WorkerAddress address, @Nullable WorkerTls tls) {
    if (tls != null) {
      tls(tls.ca()); // to tell at once if the file is none
    }
    Worker worker = worker(address, tls);
    worker.enter();
    return worker;
  }

  private Worker worker(WorkerAddress address, @Nullable WorkerTls tls) {
    Key key = new Key(address, tls);
    Worker known = byKey.get(key);
    if (known == null) {
      known = new Worker(this, address, tls);
      known.isDrained(at(address).anyMatch(Worker::isDrained));
      byKey.put(key, known);
    }
    return known;
  }

  private Stream<Worker> at(WorkerAddress address) {
    return byKey.values().stream().filter(worker -> worker.address().equals(address));
  }

  /**
   * What connections are encrypted with. Its file is looked at for changes each second.
   *
   * @param ca the file of the authorities; null for those of Java
   * @throws IllegalArgumentException if the file is none; says why
   */
  synchronized ClientTls tls(@Nullable Path ca) {
    ClientTls known = authorities.get(ca);
    if (known == null) {
      known = WorkerTls.read(ca);
      authorities.put(ca, known);
      refreshLater(ca, known);
    }
    return known;
  }

  private void refreshLater(@Nullable Path ca, ClientTls tls) {
    fileLoop().schedule(() -> refresh(ca, tls), LOOK_SECONDS, TimeUnit.SECONDS);
  }

  /** Reads a file of authorities again if it has changed, as long as a worker has it. */
  private void refresh(@Nullable Path ca, ClientTls tls) {
    synchronized (this) {
      forget();
      if (byKey.keySet().stream().noneMatch(key -> key.has(ca))) {
        authorities.remove(ca);
        return;
      }
    }
    tls.refresh();
    refreshLater(ca, tls);
  }

  synchronized void leave(Worker worker) {
    worker.leave();
    forget();
  }

  private void forget() {
    byKey.values().removeIf(Worker::isForgettable);
  }

  /** The addresses of those that are drained. */
  public synchronized List<WorkerAddress> drained() {
    return byKey.entrySet().stream()
        .filter(worker -> worker.getValue().isDrained())
        .map(worker -> worker.getKey().address)
        .distinct()
        .toList();
  }

  /** Drains the worker at an address, whether routes name it or not. */
  public synchronized void drain(WorkerAddress address) {
    worker(address, null).isDrained(true);
    drain(address, true);
  }

  /** Drains the workers at an address or brings them back, if there are any. */
  synchronized void drain(WorkerAddress address, boolean yes) {
    at(address).forEach(worker -> worker.isDrained(yes));
  }

  /** Those that an endpoint uses or a connection is open to. */
  public synchronized List<Worker> all() {
    forget();
    return byKey.values().stream()
        .filter(worker -> worker.isUsed() || worker.openConnections() > 0)
        .toList();
  }

  /**
   * Closes an idle connection of whichever worker on this loop, because no descriptor is left for
   * one that is needed; false if there is none. Warns of that once a minute. Called on the loop.
   */
  boolean spareConnection(Loop loop) {
    boolean spared = all().stream().anyMatch(worker -> worker.closeOldest(loop));
    long now = System.nanoTime();
    long last = warned.get();
    if (now - last > PAUSE_OF_WARNINGS && warned.compareAndSet(last, now)) {
      LOG.warn(
          "No descriptor is left to connect to a worker; {}. Raise the limit of open files"
              + " (ulimit -n, LimitNOFILE of systemd)",
          spared ? "an idle connection is closed for it" : "the request gets 503");
    }
    return spared;
  }
}
