// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.management.Answer;
import org.synapsegateway.management.Management;
import org.synapsegateway.management.Page;
import org.synapsegateway.server.FrontDoor;

/**
 * Replaces this process: another one takes over its listening sockets and its knowledge, and this
 * one ends with the last of its connections. Safe for any thread, but one upgrade at a time.
 */
final class Upgrade implements Successor.Estate {
  static final String REPLACED = "another process serves";
  private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);

  private final FrontDoor frontDoor;
  private final Generations generations;
  private final Knowledge knowledge;
  private final Systemd systemd;
  private Successor.Launcher launcher = Successor::sameCommand;
  private Runnable ended = () -> {};
  private volatile boolean done;

  /** Whether the next process knows what this one knew; guarded by this. */
  private boolean told;

  @SuppressWarnings("NullAway.Init") // begin() sets it, and nothing asks before
  private Management management;

  private @Nullable CertificateKeeper certificates;
  private @Nullable AccessLogOutput accessLog;

  Upgrade(FrontDoor frontDoor, Generations generations, Knowledge knowledge, Systemd systemd) {
    this.frontDoor = frontDoor;
    this.generations = generations;
    this.knowledge = knowledge;
    this.systemd = systemd;
  }

  /** Takes what only the start has opened. */
  void begin(
      Management port, @Nullable CertificateKeeper keeper, @Nullable AccessLogOutput output) {
    management = port;
    certificates = keeper;
    accessLog = output;
  }

  /** Says how the process is started that is to take this one's place. */
  void startSuccessorsBy(Successor.Launcher how) {
    launcher = how;
  }

  /** Says what to do when another process serves, and the last connection here has ended. */
  void whenEnded(Runnable action) {
    ended = action;
  }

  /** Whether another process serves. */
  boolean isDone() {
    return done;
  }

  /** Why no other process can replace this one; null if one can. */
  @Nullable String obstacle() {
    if (frontDoor.descriptors().isEmpty()) {
      return "an upgrade takes Netty's epoll transport, which does not load here; restart instead";
    }
    return ProcessHandle.current().pid() == 1
        ? "this is process 1, with which its container ends; start another container instead"
        : null;
  }

  /**
   * Starts the other process, and waits until it serves.
   *
   * @throws IOException if it does not; this process continues
   */
  Upgraded run() throws IOException {
    if (done) { // its sockets are closed, and their numbers may be those of others
      throw new IOException(REPLACED);
    }
    try {
      long process = Successor.start(launcher, this);
      return new Upgraded(process, ProcessHandle.current().pid(), frontDoor.connectionCount());
    } catch (IOException e) {
      throw refused(Reason.of(e), e);
    } catch (RuntimeException e) {
      throw refused(e.toString(), e);
    }
  }

  private static IOException refused(String why, Exception e) {
    LOG.error("Upgrade refused, this process goes on: {}", why);
    return new IOException(why, e);
  }

  @Override
  public List<Map.Entry<String, Integer>> sockets() {
    List<Map.Entry<String, Integer>> all = new ArrayList<>(frontDoor.descriptors());
    all.addAll(management.descriptors());
    return all;
  }

  @Override
  public Map<String, byte[]> first() {
    return certificates == null ? Map.of() : certificates.parts();
  }

  @Override
  public Map<String, byte[]> pause() {
    generations.current().ownConsumers().stop();
    synchronized (this) {
      told = true;
      return knowledge.tell();
    }
  }

  @Override
  public void goOn() {
    synchronized (this) {
      told = false;
    }
    try {
      generations.current().ownConsumers().start();
    } catch (RuntimeException e) {
      LOG.error("After the upgrade that failed: {}", StartupError.describe(e));
    }
  }

  /** A page that changes what the next process is told; refused once that has been told. */
  Page beforeItIsTold(Page change) {
    return question -> {
      synchronized (this) {
        return told
            ? Answer.error(409, done ? REPLACED : "another process takes over; try again")
            : change.answer(question);
      }
    };
  }

  @Override
  public void leave(long process) {
    CountDownLatch left = new CountDownLatch(1);
    Thread end = new Thread(() -> awaitLast(left), "leave");
    end.setDaemon(true);
    end.start(); // first, as a limit of threads may refuse it
    done = true;
    systemd.handTo(process);
    frontDoor.leave();
    management.leave();
    if (accessLog != null) {
      accessLog.follow();
    }
    LOG.info(
        "Process {} serves from now on; this one ends with the last of its {} connections",
        process,
        frontDoor.connectionCount());
    left.countDown();
  }

  private void awaitLast(CountDownLatch left) {
    try {
      left.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    frontDoor.awaitLast();
    while (management.isAnswering()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    ended.run();
  }
}
