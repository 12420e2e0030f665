// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.http.Failure;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** Waiting for a worker that cannot be connected to now. */
class ConnectQueueTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir Path directory;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private Loops loops;
  private Loop loop;
  private final WorkerConfiguration options = new WorkerConfiguration();
  private Dialler dialler;
  private WorkerPool pool;
  private ScriptedWorker process;

  @BeforeEach
  void start() throws Exception {
    loops = new Loops(1);
    loop = loops.all().get(0);
    process = ScriptedWorker.at(directory.resolve("w.sock"), connection -> connection.awaitEnd());
    Worker worker = new Workers().enter(WorkerAddress.at(process.path().toString()), null);
    dialler = new Dialler(UnixDialler.of(process.path().toString()));
    pool = new WorkerPool(worker, loop, dialler);
  }

  @AfterEach
  void stop() {
    loops.close();
    process.close();
  }

  private <T> T onLoop(Callable<T> action) throws Exception {
    return loop.eventLoop().submit(action).get();
  }

  private Waiter enter(String name) throws Exception {
    Waiter waiter = new Waiter(name);
    onLoop(
        () -> {
          pool.connect(waiter);
          return null;
        });
    return waiter;
  }

  @Test
  void whoComesWhenNobodyWaitsIsConnectedAtOnce() throws Exception {
    enter("a");
    assertThat(heard).containsExactly("a connected");
    assertThat(dialler.calls).hasValue(1);
  }

  @Test
  void howeverManyWaitOneConnectsForThemAllAndTheyGoInTheirOrder() throws Exception {
    options.setHold(60_000);
    List<String> order = new ArrayList<>();
    Runnable failures = () -> dialler.answers(10, new SocketException("away"));
    onLoop(
        () -> {
          failures.run();
          for (int i = 0; i < 100; i++) {
            pool.connect(new Waiter("waiter " + i));
            order.add("waiter " + i + " connected");
          }
          // one attempt, however many came
          assertThat(dialler.calls).hasValue(1);
          return null;
        });

    await().until(() -> heard.size() == 100);
    assertThat(heard).isEqualTo(order);
    assertThat(dialler.calls).hasValue(10 + 100);
    assertThat(onLoop(() -> pool.connectQueue().size())).isZero();
  }

  /** Connects when the test says so, as over a network. */
  private List<org.synapsegateway.worker.Dialler.Caller> slow() {
    List<org.synapsegateway.worker.Dialler.Caller> callers = new ArrayList<>();
    Worker worker = new Workers().enter(WorkerAddress.at(process.path().toString()), null);
    worker.enter();
    pool = new WorkerPool(worker, loop, (on, millis, caller) -> callers.add(caller));
    return callers;
  }

  private void allFindNobody(List<org.synapsegateway.worker.Dialler.Caller> callers)
      throws Exception {
    onLoop(
        () -> {
          List.copyOf(callers).forEach(caller -> caller.failed(new SocketException("away")));
          callers.clear();
          return null;
        });
  }

  @Test
  void overANetworkNobodyWaitsForTheConnectionOfTheOneBefore() throws Exception {
    List<org.synapsegateway.worker.Dialler.Caller> callers = slow();
    for (String name : List.of("a", "b", "c")) {
      enter(name);
    }
    assertThat(callers).hasSize(3);
    onLoop(
        () -> {
          callers.get(2).connected(UnixDialler.of(process.path().toString()).dial());
          callers.get(0).failed(new SocketException("away"));
          return null;
        });
    assertThat(heard)
        .containsExactly("a connected", "b WORKER_UNREACHABLE away", "c WORKER_UNREACHABLE away");
  }

  @Test
  void overANetworkNoMoreConnectAtOnceThanABacklogTakes() throws Exception {
    List<org.synapsegateway.worker.Dialler.Caller> callers = slow();
    for (int i = 0; i < 20; i++) {
      enter("waiter " + i);
    }
    assertThat(callers).hasSize(16);
    onLoop(
        () -> {
          callers.get(0).connected(UnixDialler.of(process.path().toString()).dial());
          return null;
        });
    assertThat(heard).containsExactly("waiter 0 connected");
    assertThat(callers).hasSize(17);
  }

  @Test
  void whoWaitsForAWorkerThatAcceptsTooSlowlyIsNotKeptWaiting() throws Exception {
    WorkerConfiguration brief = new WorkerConfiguration();
    brief.setConnectTimeout(0);
    List<org.synapsegateway.worker.Dialler.Caller> callers = slow();
    List<String> connected = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      enter("waiter " + i);
      connected.add("waiter " + i + " connected");
    }
    onLoop(
        () -> {
          pool.connect(new Waiter("brief", brief));
          for (int i = 0; i < 16; i++) {
            callers.get(i).connected(UnixDialler.of(process.path().toString()).dial());
          }
          return null;
        });
    connected.add("brief WORKER_BUSY its backlog was full for 0 ms");
    assertThat(heard).isEqualTo(connected);
  }

  @Test
  void aConnectionThatComesWhenItsWaiterHasGoneIsKeptForTheNext() throws Exception {
    List<org.synapsegateway.worker.Dialler.Caller> callers = slow();
    Waiter gone = enter("gone");
    onLoop(
        () -> {
          pool.connectQueue().leave(gone);
          callers.get(0).connected(UnixDialler.of(process.path().toString()).dial());
          return null;
        });
    assertThat(pool.idleCount()).isEqualTo(1);
    enter("next");
    assertThat(heard).containsExactly("next connected");
    assertThat(callers).hasSize(1);
  }

  @Test
  void ofManyThatHoldOneTriesAgainForAllOverANetworkToo() throws Exception {
    options.setHold(60_000);
    List<org.synapsegateway.worker.Dialler.Caller> callers = slow();
    for (String name : List.of("a", "b", "c")) {
      enter(name);
    }
    allFindNobody(callers);
    await().until(() -> onLoop(() -> callers.size() == 1));
    onLoop(
        () -> {
          callers.get(0).connected(UnixDialler.of(process.path().toString()).dial());
          // with the first of them all others are tried at once
          assertThat(callers).hasSize(3);
          return null;
        });
    assertThat(heard).containsExactly("a connected");
  }

  @Test
  void asManyGoAsTheBacklogHasRoomFor() throws Exception {
    onLoop(
        () -> {
          dialler.answers(1, null);
          dialler.passes(2);
          dialler.answers(3, null);
          for (String name : List.of("a", "b", "c")) {
            pool.connect(new Waiter(name));
          }
          return null;
        });
    await().until(() -> heard.size() == 3);
    assertThat(heard).containsExactly("a connected", "b connected", "c connected");
    assertThat(dialler.calls).hasValue(7);
  }

  @Test
  void whoLeavesIsNotConnectedFor() throws Exception {
    options.setHold(60_000);
    onLoop(
        () -> {
          dialler.answers(3, new SocketException("away"));
          Waiter leaves = new Waiter("leaves");
          pool.connect(leaves);
          pool.connect(new Waiter("stays"));
          pool.connectQueue().leave(leaves);
          assertThat(pool.connectQueue().size()).isEqualTo(1);
          return null;
        });
    await().until(() -> !heard.isEmpty());
    assertThat(heard).containsExactly("stays connected");
    assertThat(dialler.calls).hasValue(3 + 1);
  }

  @Test
  void eachWaitsForAFullBacklogAsLongAsItMay() throws Exception {
    options.setConnectTimeout(100);
    onLoop(
        () -> {
          dialler.answers(1_000, null);
          pool.connect(new Waiter("a"));
          pool.connect(new Waiter("b"));
          assertThat(heard).isEmpty();
          return null;
        });
    await().until(() -> heard.size() == 2);
    String busy = " WORKER_BUSY its backlog was full for 100 ms";
    assertThat(heard).containsExactly("a" + busy, "b" + busy);
  }

  @Test
  void whoMayWaitForALongTimeKeepsNobodyElseWaiting() throws Exception {
    WorkerConfiguration brief = new WorkerConfiguration();
    brief.setConnectTimeout(0);
    onLoop(
        () -> {
          dialler.answers(3, null);
          pool.connect(new Waiter("patient"));
          pool.connect(new Waiter("brief", brief));
          return null;
        });
    await().until(() -> heard.size() == 2);
    assertThat(heard)
        .containsExactly("brief WORKER_BUSY its backlog was full for 0 ms", "patient connected");
  }

  @Test
  void theTimeForAFullBacklogBeginsWhenTheProcessIsBack() throws Exception {
    options.setHold(60_000);
    List<org.synapsegateway.worker.Dialler.Caller> callers = slow();
    for (String name : List.of("a", "b", "c")) {
      enter(name);
    }
    long entered = System.nanoTime();
    allFindNobody(callers);
    await().until(() -> System.nanoTime() - entered > TimeUnit.MILLISECONDS.toNanos(60));
    await().until(() -> onLoop(() -> callers.size() == 1));
    onLoop(
        () -> {
          // they have waited for as long, but not for the backlog
          options.setConnectTimeout(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - entered));
          callers.get(0).connected(UnixDialler.of(process.path().toString()).dial());
          return null;
        });
    assertThat(heard).containsExactly("a connected");
  }

  @Test
  void whoWaitsForAFullBacklogDoesNotWaitForAWorkerThatGoesAway() throws Exception {
    onLoop(
        () -> {
          dialler.answers(1, null);
          dialler.answers(1, new SocketException("away"));
          pool.connect(new Waiter("a"));
          pool.connect(new Waiter("b"));
          return null;
        });
    await().until(() -> heard.size() == 2);
    assertThat(heard).containsExactly("a WORKER_UNREACHABLE away", "b WORKER_UNREACHABLE away");
    assertThat(dialler.calls).hasValue(2);
  }

  @Test
  void withoutDescriptorsNobodyWaits() throws Exception {
    options.setHold(60_000);
    dialler.answers(1, new OutOfDescriptorsException());
    enter("a");
    assertThat(heard).containsExactly("a OVERLOADED no descriptor is left to connect with");
  }

  @Test
  void aConnectionThatAnotherRequestIsDoneWithGoesToTheFirstWhoWaits() throws Exception {
    Path socket = directory.resolve("x.sock");
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (ScriptedWorker busy =
            ScriptedWorker.deaf(
                socket,
                1,
                connection -> {
                  while (connection.nextRequest() != null) {
                    connection.await(mayAnswer);
                    connection.send(OK);
                  }
                });
        TestGateway gateway =
            TestGateway.withSteps(
                directory,
                "- to: worker:unix:" + socket + "?connectTimeout=60s",
                "gateway.event-loops",
                "1");
        RawClient inside = gateway.client();
        RawClient first = gateway.client();
        RawClient second = gateway.client()) {
      inside.send(get("/0"));
      busy.startAccepting();
      busy.awaitRequest(0);
      busy.stopAccepting();
      busy.fillBacklog();
      first.send(get("/1")).awaitTaken();
      second.send(get("/2")).awaitTaken();
      mayAnswer.countDown();

      assertThat(inside.readReply().content()).isEqualTo("ok");
      assertThat(first.readReply().content()).isEqualTo("ok");
      assertThat(second.readReply().content()).isEqualTo("ok");
      assertThat(busy.connections()).hasSize(1);
      assertThat(busy.connections().get(0).requests())
          .extracting(request -> request.target())
          .containsExactly("/0", "/1", "/2");
    }
  }

  @Test
  void eachWaitsForAProcessAsLongAsItsOwnStepSays() throws Exception {
    options.setHold(60_000);
    WorkerConfiguration waitsNot = new WorkerConfiguration();
    dialler.answers(3, new SocketException("away"));
    onLoop(
        () -> {
          pool.connect(new Waiter("alone", waitsNot));
          pool.connect(new Waiter("waits"));
          pool.connect(new Waiter("behind", waitsNot));
          return null;
        });
    await().until(() -> heard.contains("waits connected"));
    assertThat(heard)
        .containsExactly(
            "alone WORKER_UNREACHABLE away", "behind WORKER_UNREACHABLE away", "waits connected");
  }

  @Test
  void aConnectThatFailsWithoutAMessageIsAFailure() throws Exception {
    options.setHold(60_000);
    WorkerConfiguration waitsNot = new WorkerConfiguration();
    onLoop(
        () -> {
          dialler.answers(1_000, new SocketException());
          pool.connect(new Waiter("alone", waitsNot));
          pool.connect(new Waiter("waits"));
          int calls = dialler.calls.get();
          pool.connect(new Waiter("behind", waitsNot));
          // it fails at once, by what the connects before have found
          assertThat(dialler.calls).hasValue(calls);
          return null;
        });
    String failed = " WORKER_UNREACHABLE java.net.SocketException";
    assertThat(heard).containsExactly("alone" + failed, "behind" + failed);
  }

  @Test
  void whoIsGoneIsNotConnectedFor() throws Exception {
    Path socket = directory.resolve("x.sock");
    try (TestGateway gateway =
            TestGateway.withSteps(
                directory,
                "- to: worker:unix:" + socket + "?hold=60s",
                "gateway.event-loops",
                "1");
        RawClient stays = gateway.client()) {
      try (RawClient leaves = gateway.client()) {
        leaves.send(get("/leaves")).awaitTaken();
        stays.send(get("/stays")).awaitTaken();
      }
      await().until(() -> gateway.frontDoor().connectionCount() == 1);
      try (ScriptedWorker back = ScriptedWorker.at(socket, ScriptedWorker.replying(OK))) {
        assertThat(stays.readReply().content()).isEqualTo("ok");
        assertThat(back.requests()).hasSize(1);
        assertThat(back.connections()).hasSize(1);
      }
    }
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  /** Fails as a test says, and then connects; counts how often it is asked. */
  private static final class Dialler implements UnixDialler {
    private static final Object FULL = new Object();
    private static final Object PASS = new Object();

    private final UnixDialler real;
    private final Queue<Object> answers = new ArrayDeque<>();
    private final AtomicInteger calls = new AtomicInteger();

    Dialler(UnixDialler real) {
      this.real = real;
    }

    /** Answers so often with this failure; null stands for a full backlog. */
    void answers(int times, IOException failure) {
      for (int i = 0; i < times; i++) {
        answers.add(failure == null ? FULL : failure);
      }
    }

    void passes(int times) {
      for (int i = 0; i < times; i++) {
        answers.add(PASS);
      }
    }

    @Override
    public Channel dial() throws IOException {
      calls.incrementAndGet();
      Object answer = answers.poll();
      if (answer instanceof IOException failure) {
        throw failure;
      }
      return answer == FULL ? null : real.dial();
    }
  }

  private final class Waiter implements ConnectQueue.Waiter {
    private final String name;
    private final WorkerConfiguration options;

    Waiter(String name) {
      this(name, ConnectQueueTest.this.options);
    }

    Waiter(String name, WorkerConfiguration options) {
      this.name = name;
      this.options = options;
    }

    @Override
    public long holdMillis() {
      return options.getHold();
    }

    @Override
    public long connectMillis() {
      return options.getConnectTimeout();
    }

    @Override
    public long backlogMillis() {
      return options.backlogTimeout();
    }

    @Override
    public void connected(WorkerConnection connection, boolean reused) {
      heard.add(name + " connected");
      connection.close();
    }

    @Override
    public void failed(Failure failure, String detail) {
      heard.add(name + " " + failure + " " + detail);
    }
  }
}
