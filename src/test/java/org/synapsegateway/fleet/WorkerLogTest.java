// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.WorkerSocket;

/** What the log tells of workers that come and go; the fleet is that of {@link TestFleet}. */
class WorkerLogTest {
  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong();
  private final Events events = new Events();
  private WorkerLog log = new WorkerLog(nanos::get, events, Set.of());
  private final List<ScriptedWorker> workers = new ArrayList<>();
  private TestGateway gateway;
  private Fleet fleet;

  @BeforeEach
  void start() throws Exception {
    gateway = TestGateway.withRoutes(TestFleet.routes(directory));
    fleet = Fleet.of(gateway.main().getCamelContext());
  }

  @AfterEach
  void stop() {
    workers.forEach(ScriptedWorker::close);
    gateway.close();
  }

  private List<String> look() {
    try (LogCapture said = LogCapture.of(WorkerLog.class)) {
      log.look(fleet, worker -> Condition.of(WorkerSocket.at(worker), null));
      return said.messages();
    }
  }

  private void after(long seconds) {
    nanos.addAndGet(seconds * 1_000_000_000L);
  }

  private ScriptedWorker worker(String name) throws Exception {
    ScriptedWorker worker = TestFleet.worker(directory, name);
    workers.add(worker);
    return worker;
  }

  @Test
  void aWorkerThatGoesDownAndComesBackIsToldOnceEach() throws Exception {
    worker("a");
    worker("c");
    worker("main");
    ScriptedWorker b = worker("b");
    assertThat(look()).isEmpty();
    b.close();
    assertThat(look())
        .containsExactly(missing("b", "requests of group hard go to the other worker"));
    assertThat(look()).isEmpty();
    after(61);
    worker("b");
    assertThat(look()).containsExactly("Worker b is up again, after 61 s");
    assertThat(look()).isEmpty();
  }

  @Test
  void itTellsWhoStandsInAndWhoseRequestsFail() throws Exception {
    List<ScriptedWorker> workers = List.of(worker("a"), worker("b"), worker("c"), worker("main"));
    look();
    workers.forEach(ScriptedWorker::close);

    assertThat(look())
        .containsExactly(
            missing("a", "requests of group hard fail with 502, as there is no fallback"),
            missing("b", "requests of group hard fail with 502, as there is no fallback"),
            missing(
                "c", "requests of group soft fail with 502, as its fallback (main) is down too"),
            missing("main", "requests of group main fail with 502, as there is no fallback"));
  }

  private String missing(String worker, String outcome) {
    return "Worker %s is down: %s (%s: does not exist); %s. What helps: %s"
        .formatted(
            worker,
            "there is no socket: the worker does not run, or listens elsewhere",
            directory.resolve(worker + ".sock"),
            outcome,
            "start the worker; if it runs, compare the path in its listener with this one");
  }

  @Test
  void eventsTellTheSameAndWhatWasDownAtTheStart() throws Exception {
    worker("a");
    worker("b");
    worker("main");
    look();
    after(61);
    worker("c");
    look();

    assertThat(events.latest())
        .extracting(Events.Event::kind, Events.Event::worker, Events.Event::text)
        .containsExactly(
            tuple("up", "c", "is up again, after 61 s"),
            tuple(
                "down",
                "c",
                "is down: there is no socket: the worker does not run, or listens elsewhere; requests"
                    + " of group soft go to the fallback"));
  }

  @Test
  void whatTheStartHasToldIsNotToldAgain() throws Exception {
    worker("c");
    worker("main");
    Set<WorkerAddress> away = Set.of(WorkerAddress.at(directory.resolve("a.sock").toString()));
    log = new WorkerLog(nanos::get, events, away);
    assertThat(look())
        .containsExactly(
            missing("b", "requests of group hard fail with 502, as there is no fallback"));
    after(5);
    worker("a");
    assertThat(look()).containsExactly("Worker a is up again, after 5 s");
  }
}
