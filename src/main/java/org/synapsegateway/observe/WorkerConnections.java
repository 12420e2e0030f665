package org.synapsegateway.observe;

import io.micrometer.core.instrument.MultiGauge;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.synapsegateway.worker.WorkerEndpoint;

/** Shows how many connections to each worker there are, those of all generations of routes. */
public final class WorkerConnections {
  private final MultiGauge open;
  private final MultiGauge idle;

  private WorkerConnections(Meters meters) {
    open = meters.rows(Meter.WORKER_CONNECTIONS);
    idle = meters.rows(Meter.WORKER_CONNECTIONS_IDLE);
  }

  /**
   * Shows them.
   *
   * @param generations the contexts whose routes run
   */
  public static void show(Meters meters, Supplier<Stream<CamelContext>> generations) {
    WorkerConnections connections = new WorkerConnections(meters);
    meters.beforeReading(() -> connections.refresh(generations.get()));
  }

  private void refresh(Stream<CamelContext> generations) {
    Map<String, Integer> openNow = new TreeMap<>();
    Map<String, Integer> idleNow = new TreeMap<>();
    generations
        .flatMap(context -> context.getEndpoints().stream())
        .forEach(
            endpoint -> {
              WorkerEndpoint worker = WorkerEndpoint.behind(endpoint);
              if (worker != null) {
                openNow.merge(worker.name(), worker.openConnections(), Integer::sum);
                idleNow.merge(worker.name(), worker.idleConnections(), Integer::sum);
              }
            });
    open.register(rows(Meter.WORKER_CONNECTIONS, openNow), true);
    idle.register(rows(Meter.WORKER_CONNECTIONS_IDLE, idleNow), true);
  }

  private static List<MultiGauge.Row<?>> rows(Meter meter, Map<String, Integer> byWorker) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    byWorker.forEach(
        (worker, count) -> rows.add(MultiGauge.Row.of(Meters.tags(meter, worker), count)));
    return rows;
  }
}
