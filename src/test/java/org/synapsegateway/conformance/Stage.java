// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.synapsegateway.wire.MalformedException;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.Wire;

/**
 * The workers behind the proxy: each request that a case expects is handed to it, each other
 * request is answered at once and remembered as a stray.
 */
final class Stage implements AutoCloseable {
  /** How the workers are found when a case begins. */
  enum Opening {
    /** All listen. */
    READY,
    /** No socket is there. */
    MISSING,
    /** The sockets' files are there, and nobody listens. */
    REFUSED,
    /** They listen, their backlogs are full, and nobody accepts. */
    FULL
  }

  /** The target of the request that follows each case. */
  static final String MARKER = "/marker";

  private static final List<String> NAMES =
      List.of(
          "inbound_normal_sync1",
          "inbound_normal_sync2",
          "inbound_normal_sync3",
          "inbound_initial_sync1",
          "inbound_initial_sync2",
          "inbound_main");

  private final Path directory;
  private final Map<String, ScriptedWorker> workers = new LinkedHashMap<>();
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final List<String> strays = new ArrayList<>();
  private long accounted;
  private int wanted;
  private int reading;

  /** A request's head that a case waits for, and the connection that it came on. */
  record Arrival(ScriptedWorker.Connection connection, RawHead head, CountDownLatch released) {
    String worker() {
      String file = connection.worker().path().getFileName().toString();
      return file.replace("inbound_", "").replace(".sock", "");
    }

    /** Lets the connection go on to its next request. */
    void release() {
      released.countDown();
    }
  }

  Stage(Path directory) throws IOException {
    this.directory = directory;
    open();
  }

  /** Sets the scene for a case that expects this many requests. */
  void begin(Opening opening, int requests) throws IOException {
    synchronized (this) {
      strays.clear();
      arrivals.clear();
      wanted = requests;
      accounted = receivedBytes();
    }
    switch (opening) {
      case READY -> {}
      case MISSING -> closeAll();
      case REFUSED -> {
        for (ScriptedWorker worker : workers.values()) {
          worker.refuse();
        }
      }
      case FULL -> {
        closeAll();
        for (String name : NAMES) {
          ScriptedWorker worker = ScriptedWorker.deaf(socket(name), 1, this::serve);
          workers.put(name, worker);
          worker.fillBacklog();
        }
        accounted = 0;
      }
    }
  }

  /** The next expected request, or null if none comes in this time. */
  Arrival poll(Duration patience) throws InterruptedException {
    return arrivals.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Counts bytes as those of a request that the case has seen. */
  synchronized void account(long bytes) {
    accounted += bytes;
  }

  /** What the workers got and no step of the case expected; empty if nothing. */
  synchronized List<String> strays() {
    return List.copyOf(strays);
  }

  /** How many bytes the workers got that belong to no request that was seen. */
  synchronized long strayBytes() {
    return receivedBytes() - accounted;
  }

  /**
   * Takes away the worker that an arrival came to, with its connections; its socket's file stays if
   * the next client is to be refused.
   */
  void drop(Arrival arrival, boolean refuse) throws IOException {
    ScriptedWorker worker = arrival.connection().worker();
    worker.refuse();
    if (!refuse) {
      Files.delete(worker.path());
    }
    drain(List.of(worker));
  }

  /** Lets those wait no longer who wait in full backlogs. */
  void accept() throws IOException {
    for (ScriptedWorker worker : workers.values()) {
      worker.leaveBacklog();
      worker.startAccepting();
    }
  }

  /** Has all workers listen again, as far as a case has changed that. */
  void restore(Opening opening, boolean dropped) throws IOException {
    if (opening != Opening.READY || dropped) {
      drain();
      closeAll();
      open();
      synchronized (this) {
        accounted = 0;
      }
    }
  }

  /** Ends every connection in good order, and waits until the proxy has understood. */
  void drain() throws IOException {
    drain(workers.values());
  }

  private static void drain(Collection<ScriptedWorker> leaving) throws IOException {
    List<Wire> open = new ArrayList<>();
    for (ScriptedWorker worker : leaving) {
      for (ScriptedWorker.Connection connection : worker.connections()) {
        if (connection.isOpen() && endOutput(connection)) {
          open.add(connection.wire());
        }
      }
    }
    for (Wire wire : open) {
      wire.awaitEnd(Scene.PATIENCE);
      wire.close();
    }
  }

  private static boolean endOutput(ScriptedWorker.Connection connection) {
    try {
      connection.endOutput();
      return true;
    } catch (IOException e) {
      // it has ended by itself meanwhile
      return false;
    }
  }

  /** Waits until no request is being read any more: each has come whole or has been broken off. */
  void awaitStrays() {
    long deadline = System.nanoTime() + Scene.PATIENCE.toNanos();
    synchronized (this) {
      while (reading > 0 && deadline - System.nanoTime() > 0) {
        try {
          TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
      if (reading > 0) {
        strays.add("a request that neither ends nor breaks off");
      }
    }
  }

  @Override
  public void close() {
    closeAll();
  }

  private void open() throws IOException {
    for (String name : NAMES) {
      workers.put(name, ScriptedWorker.at(socket(name), this::serve));
    }
  }

  private void closeAll() {
    workers.values().forEach(ScriptedWorker::close);
  }

  private Path socket(String name) {
    return directory.resolve(name + ".sock");
  }

  private long receivedBytes() {
    try {
      long bytes = 0;
      for (ScriptedWorker worker : workers.values()) {
        bytes += worker.receivedBytes();
      }
      return bytes;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void serve(ScriptedWorker.Connection connection) throws Exception {
    try {
      for (RawHead head = connection.nextHead(); head != null; head = connection.nextHead()) {
        if (head.target().equals(MARKER)) {
          account(connection.readBody(head).bytes().length());
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nmarker");
        } else if (isWanted()) {
          Arrival arrival = new Arrival(connection, head, new CountDownLatch(1));
          arrivals.add(arrival);
          arrival.released().await();
        } else {
          stray(connection, head);
        }
      }
    } catch (MalformedException e) {
      stray("not clean: " + e.getMessage());
    }
  }

  private synchronized boolean isWanted() {
    return wanted-- > 0;
  }

  private void stray(ScriptedWorker.Connection connection, RawHead head) throws IOException {
    reading(1);
    try {
      RawMessage whole = connection.readBody(head);
      stray("\"" + whole + "\"");
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nunexpected");
    } finally {
      reading(-1);
    }
  }

  private synchronized void stray(String what) {
    strays.add(what);
  }

  private synchronized void reading(int change) {
    reading += change;
    notifyAll();
  }
}
