// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.fleet.Events;
import org.synapsegateway.fleet.TestFleet;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** What the status page reads. */
class StatusTest {
  @TempDir Path directory;
  private ScriptedWorker b;
  private ScriptedWorker main;
  private TestGateway gateway;

  @BeforeEach
  void start() throws IOException {
    b = TestFleet.worker(directory, "b");
    main = TestFleet.worker(directory, "main");
    gateway = TestGateway.withRoutes(TestFleet.routes(directory));
  }

  @AfterEach
  void stop() {
    gateway.close();
    b.close();
    main.close();
  }

  private Status status() throws IOException {
    return Json.read(gateway.manage("GET", "/observe/status").body(), Status.class);
  }

  private Status.OfWorker worker(int group, int number) throws IOException {
    return status().groups().get(group).workers().get(number);
  }

  @Test
  void groupsAreToldInTheirOrderWithTheirWorkers() throws Exception {
    List<Status.OfGroup> groups = status().groups();
    assertThat(groups).extracting(Status.OfGroup::name).containsExactly("hard", "soft", "main");
    assertThat(groups).extracting(Status.OfGroup::by).containsExactly("path", "user", null);
    assertThat(groups).extracting(Status.OfGroup::fallback).containsExactly(false, true, false);
    assertThat(groups.get(1).description()).isEqualTo("What main does too");
    assertThat(groups.get(0).workers())
        .extracting(Status.OfWorker::name, Status.OfWorker::state)
        .containsExactly(tuple("a", "down"), tuple("b", "up"));
    assertThat(worker(0, 0).server()).isEqualTo("unix:" + directory.resolve("a.sock"));
    assertThat(worker(0, 0).share() + worker(0, 1).share()).isEqualTo(1);
  }

  @Test
  void aRequestThatAnotherWorkerServedIsCountedWithBoth() throws Exception {
    try (RawClient client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.exchange("GET /hard" + i + " HTTP/1.1\r\nHost: h\r\n\r\n").content())
            .isEqualTo("b");
      }
      await().until(() -> status().all().inFlight() == 0);

      assertThat(worker(0, 0).figures().requests()).isZero();
      assertThat(worker(0, 0).figures().sentOn()).isBetween(1L, 20L);
      assertThat(worker(0, 1).figures().requests()).isEqualTo(20);
      assertThat(worker(0, 1).figures().firstByte().stream().mapToLong(n -> n).sum()).isEqualTo(20);
      assertThat(status().all().errors()).isZero();
      assertThat(status().all().requests()).isEqualTo(20);
      assertThat(status().versions()).containsExactly(20L, 0L);
      assertThat(status().bounds()).hasSize(status().all().firstByte().size() - 1).isSorted();
    }
  }

  @Test
  void aRequestThatNobodyServedIsAnError() throws Exception {
    b.close();
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange("GET /hard HTTP/1.1\r\nHost: h\r\n\r\n").status()).isEqualTo(502);
      await().until(() -> status().all().errors() == 1);
    }
  }

  @Test
  void aWorkerThatIsDownHasNoShareAndItsStateHasATimeAReasonAndAMend() throws Exception {
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    b.close();
    await().until(() -> worker(0, 1).detail().equals("does not exist"));
    Status.OfWorker lost = worker(0, 1);
    assertThat(lost.share()).isZero();
    assertThat(Instant.parse(lost.since())).isBetween(before, Instant.now());
    assertThat(lost.why()).startsWith("there is no socket: the worker does not run");
    assertThat(lost.todo()).startsWith("start the worker");
    assertThat(lost.outcome())
        .isEqualTo("requests of group hard fail with 502, as there is no fallback");
    assertThat(lost.drainedSince()).isNull();
    assertThat(worker(0, 0).share()).isZero();
    assertThat(status().groups().get(0).served()).isEqualTo("nobody");

    b = TestFleet.worker(directory, "b");
    await().until(() -> worker(0, 1).state().equals("up"));
    Status.OfWorker back = worker(0, 1);
    assertThat(back.share()).isEqualTo(1);
    assertThat(Instant.parse(back.since())).isAfterOrEqualTo(Instant.parse(lost.since()));
    assertThat(back.why()).isNull();
    assertThat(back.outcome()).isNull();
  }

  @Test
  void aGroupIsServedByItsStandInAsLongAsThatLives() throws Exception {
    Status.OfGroup soft = status().groups().get(1);
    assertThat(soft.fallbacks()).containsExactly("main");
    assertThat(soft.served()).isEqualTo("fallback");
    assertThat(soft.workers().get(0).share()).isZero();

    main.close();
    await().until(() -> status().groups().get(1).served().equals("nobody"));
    assertThat(worker(1, 0).outcome())
        .isEqualTo("requests of group soft fail with 502, as its fallback (main) is down too");
  }

  @Test
  void drainsAreEventsAndHaveATime() throws Exception {
    gateway.manage("POST", "/observe/drain?worker=b");
    gateway.manage("POST", "/observe/drain?worker=b");
    assertThat(worker(0, 1).drainedSince()).isNotNull();
    gateway.manage("POST", "/observe/undrain?worker=b");
    assertThat(worker(0, 1).drainedSince()).isNull();

    assertThat(status().events())
        .filteredOn(event -> "b".equals(event.worker()))
        .extracting(Events.Event::kind, Events.Event::text)
        .containsExactly(
            tuple("undrained", "takes requests again"), tuple("drained", "is drained"));
  }

  @Test
  void thePastIsToldFromASampleOn() throws Exception {
    await().until(() -> status().past().next() > 0);
    Status now = status();
    assertThat(now.past().periodSeconds()).isEqualTo(10);
    assertThat(now.past().first()).isZero();
    assertThat(now.past().all().requests()).hasSize((int) now.past().next());
    assertThat(now.groups().get(0).workers().get(1).past().states()).startsWith("u");

    String rest = gateway.manage("GET", "/observe/status?since=1000").body();
    assertThat(Json.read(rest, Status.class).past().all().requests()).isEmpty();
    assertThat(gateway.manage("GET", "/observe/status?since=x").statusCode()).isEqualTo(400);
    assertThat(gateway.manage("GET", "/observe/status?since=-1").statusCode()).isEqualTo(200);
  }

  @Test
  void thePageIsOneFileThatAllowsNothingFromElsewhere() throws Exception {
    HttpResponse<String> page = gateway.manage("GET", "/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.body()).contains("default-src 'none'", "connect-src 'self'");
  }
}
