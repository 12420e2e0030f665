// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synapsegateway.exchange.SharedServices;

/** For how long a worker is known, and by what. */
class WorkersTest {
  private final Workers workers = new Workers();

  private final CamelContext generation = context();
  private final CamelContext next = context();

  @AfterEach
  void stop() {
    generation.stop();
    next.stop();
  }

  private CamelContext context() {
    CamelContext context = new DefaultCamelContext();
    SharedServices.of(context).put(Workers.class, workers);
    context.start();
    return context;
  }

  private static WorkerEndpoint endpoint(CamelContext context, String path) {
    return context.getEndpoint("worker:unix:" + path, WorkerEndpoint.class);
  }

  @Test
  void aWorkerIsKnownByItsSocketHoweverItIsWritten() {
    Worker worker = endpoint(generation, "/run/a.sock").worker();
    for (String same : List.of("/run/a.sock?hold=1s", "/run/./a.sock", "//run/.//a.sock")) {
      assertThat(endpoint(generation, same).worker()).isSameAs(worker);
    }
    // behind a symbolic link it is another directory
    for (String other : List.of("/run/b.sock", "/run/x/../a.sock", "/run/.a.sock")) {
      assertThat(endpoint(generation, other).worker()).isNotSameAs(worker);
    }
  }

  @Test
  void itIsKnownAsLongAsAnyGenerationUsesIt() {
    Worker worker = endpoint(generation, "/a").worker();
    assertThat(endpoint(next, "/a?hold=1s").worker()).isSameAs(worker);
    generation.stop();
    assertThat(workers.all()).containsExactly(worker);
    next.stop();
    assertThat(workers.all()).isEmpty();
  }

  @Test
  void anEndpointThatIsStartedAgainUsesItOnce() {
    WorkerEndpoint endpoint = endpoint(generation, "/a");
    for (int i = 0; i < 3; i++) {
      endpoint.stop();
      assertThat(workers.all()).isEmpty();
      endpoint.start();
      assertThat(workers.all()).containsExactly(endpoint.worker());
    }
    generation.stop();
    assertThat(workers.all()).isEmpty();
  }

  @Test
  void aDrainOutlastsItsRoutes() {
    endpoint(generation, "/a").drain(true);
    endpoint(generation, "/b");
    generation.stop();
    assertThat(workers.all()).isEmpty();
    assertThat(endpoint(next, "/a").isDrained()).isTrue();
    assertThat(endpoint(next, "/b").isDrained()).isFalse();
  }

  @Test
  void whoIsInsideIsNotForgotten() {
    Worker worker = workers.enter(WorkerAddress.at("/a"), null);
    ConcurrencyLimiter.Waiter waiter = ConcurrencyLimiterTest.waiter(0, "inside", List.of());
    worker.limiter().enter(waiter);
    workers.leave(worker);
    assertThat(workers.enter(WorkerAddress.at("/a"), null)).isSameAs(worker);
    worker.limiter().leave(waiter);
    workers.leave(worker);
    assertThat(workers.enter(WorkerAddress.at("/a"), null)).isNotSameAs(worker);
  }
}
