// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.synapsegateway.TestGateway;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.worker.WorkerEndpoint;

class WorkerProbeTest {
  @TempDir Path directory;

  @Test
  void warnsOnceOfADirectoryThatIsLost() throws Exception {
    Path made = Files.createDirectory(directory.resolve("run"));
    Process holder = new ProcessBuilder("sleep", "60").directory(made.toFile()).start();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(WorkerProbe.class);
    log.start();
    logger.addAppender(log);
    Path mounted = Path.of("/proc/" + holder.pid() + "/cwd");
    try (TestGateway gateway = TestGateway.shipped(mounted);
        WorkerProbe probe = new WorkerProbe()) {
      Fleet fleet = Fleet.of(gateway.main().getCamelContext());
      probe.warnOfLost(fleet);
      assertThat(log.list).isEmpty();

      Files.delete(made);
      probe.warnOfLost(fleet);
      probe.warnOfLost(fleet);
      assertThat(messages(log))
          .singleElement()
          .asString()
          .startsWith(mounted + ": the directory was removed")
          .endsWith("[lost-directory]");
      // the gateway's own probe finds it too
      await().until(() -> messages(log).size() == 2);
    } finally {
      logger.detachAppender(log);
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void watchingConnectsToNobody() throws Exception {
    Path socket = directory.resolve("w.sock");
    History history = new History();
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(""));
        TestGateway gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + socket);
        WorkerProbe probe = new WorkerProbe()) {
      Fleet fleet = Fleet.of(gateway.main().getCamelContext());
      probe.record(() -> fleet, new RequestCounters(new Destinations()), history);
      await().until(() -> history.past(0).next() > 0);

      WorkerEndpoint only = fleet.workers().get(socket.toString());
      assertThat(history.of(only, history.past(0)).states()).isEqualTo("u");
      assertThat(worker.connections()).isEmpty();
    }
  }

  @Test
  void aLookThatFailsIsNotTheLast() {
    AtomicInteger looks = new AtomicInteger();
    try (WorkerProbe probe = new WorkerProbe()) {
      probe.ask(
          () -> {
            looks.incrementAndGet();
            throw new IllegalStateException("there is no fleet");
          },
          1);
      await().until(() -> looks.get() > 2);
    }
  }

  private static List<String> messages(ListAppender<ILoggingEvent> log) {
    return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
