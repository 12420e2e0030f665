package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.synapsegateway.exchange.SharedServices;

/** For how long a worker is known, and by what. */
class WorkersTest {
  private final Workers workers = new Workers();

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
  void aWorkerIsKnownByItsSocketHoweverItIsWritten() throws Exception {
    try (CamelContext context = context()) {
      Worker worker = endpoint(context, "/run/a.sock").worker();
      for (String same : List.of("/run/a.sock?hold=1s", "/run/./a.sock", "//run/.//a.sock")) {
        assertThat(endpoint(context, same).worker()).isSameAs(worker);
      }
      // behind a symbolic link it is another directory
      for (String other : List.of("/run/b.sock", "/run/x/../a.sock", "/run/.a.sock")) {
        assertThat(endpoint(context, other).worker()).isNotSameAs(worker);
      }
    }
  }

  @Test
  void itIsKnownAsLongAsAnyGenerationUsesIt() throws Exception {
    try (CamelContext next = context()) {
      Worker worker;
      try (CamelContext first = context()) {
        worker = endpoint(first, "/a").worker();
        assertThat(endpoint(next, "/a?hold=1s").worker()).isSameAs(worker);
      }
      assertThat(workers.all()).containsExactly(worker);
    }
    assertThat(workers.all()).isEmpty();
    try (CamelContext later = context()) {
      assertThat(endpoint(later, "/a").worker().isUsed()).isTrue();
    }
  }

  @Test
  void anEndpointThatIsStartedAgainUsesItOnce() throws Exception {
    try (CamelContext context = context()) {
      WorkerEndpoint endpoint = endpoint(context, "/a");
      for (int i = 0; i < 3; i++) {
        endpoint.stop();
        assertThat(workers.all()).isEmpty();
        endpoint.start();
        assertThat(workers.all()).containsExactly(endpoint.worker());
      }
    }
    assertThat(workers.all()).isEmpty();
  }

  @Test
  void aDrainOutlastsItsRoutes() throws Exception {
    try (CamelContext context = context()) {
      endpoint(context, "/a").drain(true);
      endpoint(context, "/b");
    }
    assertThat(workers.all()).isEmpty();
    try (CamelContext later = context()) {
      assertThat(endpoint(later, "/a").isDrained()).isTrue();
      assertThat(endpoint(later, "/b").isDrained()).isFalse();
    }
  }

  @Test
  void whoIsInsideIsNotForgotten() {
    Worker worker = workers.enter("/a");
    Admission.Visitor visitor = AdmissionTest.visitor(0, "inside", List.of());
    worker.admission().enter(visitor);
    workers.leave(worker);
    assertThat(workers.enter("/a")).isSameAs(worker);
    worker.admission().leave(visitor);
    workers.leave(worker);
    assertThat(workers.enter("/a")).isNotSameAs(worker);
  }
}
