// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** Limits of a worker, and waiting for one, on real sockets. */
class ConcurrencyLimiterTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir Path directory;

  private static String request(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  @Test
  void requestsOverTheLimitWaitAndThenGoInTheirOrder() throws Exception {
    Path socket = directory.resolve("w.sock");
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  while (connection.nextRequest() != null) {
                    connection.await(mayAnswer);
                    connection.send(OK);
                  }
                });
        TestGateway gateway =
            TestGateway.withSteps(
                directory,
                "- to: worker:unix:" + socket + "?maxInFlight=1&queue=2&queueTimeout=60s");
        RawClient first = gateway.client();
        RawClient second = gateway.client();
        RawClient third = gateway.client();
        RawClient tooMany = gateway.client()) {
      first.send(request("/1"));
      worker.awaitRequest(0);
      ConcurrencyLimiter limiter = limiter(gateway, socket);
      second.send(request("/2"));
      await().until(() -> limiter.waiting() == 1);
      third.send(request("/3"));
      await().until(() -> limiter.waiting() == 2);

      RawMessage refused = tooMany.exchange(request("/4"));
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.content())
          .isEqualTo(
              "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"Too many requests\","
                  + "\"retry_after_ms\":2000}");
      assertThat(refused.value("Retry-After")).isEqualTo("2");
      assertThat(worker.requests()).hasSize(1);

      mayAnswer.countDown();
      for (RawClient client : List.of(first, second, third)) {
        assertThat(client.readReply().content()).isEqualTo("ok");
      }
      List<String> targets = new ArrayList<>();
      worker.requests().forEach(request -> targets.add(request.target()));
      assertThat(targets).containsExactly("/1", "/2", "/3");
      assertThat(tooMany.exchange(request("/5")).status()).isEqualTo(200);
    }
  }

  private static ConcurrencyLimiter limiter(TestGateway gateway, Path socket) {
    return gateway.main().getCamelContext().getEndpoints().stream()
        .filter(WorkerEndpoint.class::isInstance)
        .map(WorkerEndpoint.class::cast)
        .filter(worker -> worker.getServer().equals("unix:" + socket))
        .findFirst()
        .orElseThrow()
        .worker()
        .limiter();
  }

  /** Steps to one worker, and generations of routes, may have different limits. */
  @Test
  void aLowLimitDoesNotKeepThoseWithHigherOnesWaiting() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter();
    List<String> admitted = new ArrayList<>();
    ConcurrencyLimiter.Waiter low = waiter("low", 1, admitted);
    ConcurrencyLimiter.Waiter high = waiter("high", 2, admitted);
    assertThat(limiter.enter(high)).isEqualTo(ConcurrencyLimiter.Outcome.ADMITTED);
    assertThat(limiter.enter(high)).isEqualTo(ConcurrencyLimiter.Outcome.ADMITTED);
    assertThat(limiter.enter(low)).isEqualTo(ConcurrencyLimiter.Outcome.WAITS);
    assertThat(limiter.enter(high)).isEqualTo(ConcurrencyLimiter.Outcome.WAITS);
    limiter.leave(high);
    assertThat(admitted).containsExactly("high");
    limiter.leave(high);
    assertThat(admitted).containsExactly("high");
    limiter.leave(high);
    assertThat(admitted).containsExactly("high", "low");
    limiter.leave(low);
    assertThat(limiter.isEmpty()).isTrue();
  }

  private static ConcurrencyLimiter.Waiter waiter(String name, int max, List<String> admitted) {
    return new ConcurrencyLimiter.Waiter() {
      @Override
      public int key() {
        return name.hashCode();
      }

      @Override
      public int max() {
        return max;
      }

      @Override
      public int queue() {
        return 10;
      }

      @Override
      public void admitted() {
        admitted.add(name);
      }
    };
  }

  @Test
  void whoWaitsTooLongOrLeavesMakesRoom() throws Exception {
    Path socket = directory.resolve("w.sock");
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                connection -> {
                  while (connection.nextRequest() != null) {
                    connection.await(mayAnswer);
                    connection.send(OK);
                  }
                });
        TestGateway gateway =
            TestGateway.withSteps(
                directory,
                "- to: worker:unix:" + socket + "?maxInFlight=1&queue=1&queueTimeout=300ms");
        RawClient first = gateway.client();
        RawClient waits = gateway.client()) {
      first.send(request("/1"));
      worker.awaitRequest(0);
      ConcurrencyLimiter limiter = limiter(gateway, socket);
      try (RawClient leaves = gateway.client()) {
        leaves.send(request("/2"));
        await().until(() -> limiter.waiting() == 1);
      }
      await().until(() -> limiter.waiting() == 0);

      assertThat(waits.exchange(request("/3")).status()).isEqualTo(429);
      assertThat(limiter.waiting()).isZero();
      mayAnswer.countDown();
      assertThat(first.readReply().status()).isEqualTo(200);
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void oneUsersQueueHoldsUpNobodyElse() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter();
    ConcurrencyLimiter.Waiter inside = waiter(0, "inside", new ArrayList<>());
    List<String> order = new ArrayList<>();
    assertThat(limiter.enter(inside)).isEqualTo(ConcurrencyLimiter.Outcome.ADMITTED);
    for (String name : List.of("a1", "a2", "a3", "b1", "c1", "b2")) {
      assertThat(limiter.enter(waiter(name.charAt(0), name, order)))
          .isEqualTo(ConcurrencyLimiter.Outcome.WAITS);
    }
    for (int i = 0; i < 7; i++) {
      limiter.leave(inside);
    }
    assertThat(order).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
    assertThat(limiter.enter(waiter(0, "next", order)))
        .isEqualTo(ConcurrencyLimiter.Outcome.ADMITTED);
  }

  static ConcurrencyLimiter.Waiter waiter(int key, String name, List<String> order) {
    return new ConcurrencyLimiter.Waiter() {
      @Override
      public int key() {
        return key;
      }

      @Override
      public int max() {
        return 1;
      }

      @Override
      public int queue() {
        return 10;
      }

      @Override
      public void admitted() {
        order.add(name);
      }
    };
  }

  @Test
  void aRequestIsHeldUntilItsWorkerIsThere() throws Exception {
    Path socket = directory.resolve("w.sock");
    try (TestGateway gateway =
            TestGateway.withSteps(directory, "- to: worker:unix:" + socket + "?hold=60s");
        RawClient client = gateway.client()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na");
      client.awaitTaken();
      try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK))) {
        assertThat(client.readReply().status()).isEqualTo(200);
        assertThat(worker.requests()).hasSize(1);
      }
    }
  }

  @Test
  void aWorkerThatDropsARequestIsNotAskedAgainHoweverLongItMayBeHeld() throws Exception {
    Path socket = directory.resolve("w.sock");
    try (ScriptedWorker worker = ScriptedWorker.at(socket, connection -> connection.nextRequest());
        TestGateway gateway =
            TestGateway.withSteps(directory, "- to: worker:unix:" + socket + "?hold=60s");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(request("/")).status()).isEqualTo(502);
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void aHeldRequestFailsWhenItsTimeIsUp() throws Exception {
    try (TestGateway gateway =
            TestGateway.withSteps(
                directory, "- to: worker:unix:" + directory.resolve("w.sock") + "?hold=200ms");
        RawClient client = gateway.client()) {
      assertThat(client.exchange(request("/")).status()).isEqualTo(502);
    }
  }
}
