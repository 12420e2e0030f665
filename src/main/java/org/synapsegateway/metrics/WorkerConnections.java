// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import io.micrometer.core.instrument.MultiGauge;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.worker.Worker;
import org.synapsegateway.worker.Workers;

/** Shows how many connections to each worker there are, whichever routes use it or have used it. */
public final class WorkerConnections {
  private final Workers workers;
  private final Destinations destinations;

  private WorkerConnections(Workers workers, Destinations destinations) {
    this.workers = workers;
    this.destinations = destinations;
  }

  /**
   * Shows them.
   *
   * @param destinations know the workers' names
   */
  public static void show(Meters meters, Workers workers, Destinations destinations) {
    WorkerConnections connections = new WorkerConnections(workers, destinations);
    connections.show(meters, Meter.WORKER_CONNECTIONS, Worker::openConnections);
    connections.show(meters, Meter.WORKER_CONNECTIONS_IDLE, Worker::idleConnections);
  }

  private void show(Meters meters, Meter meter, ToIntFunction<Worker> count) {
    MultiGauge gauge = meters.rows(meter);
    meters.beforeReading(() -> gauge.register(rows(meter, count), true));
  }

  private List<MultiGauge.Row<?>> rows(Meter meter, ToIntFunction<Worker> count) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (Worker worker : workers.all()) {
      String name = destinations.nameOf(worker.server());
      rows.add(MultiGauge.Row.of(Meters.tags(meter, name), count.applyAsInt(worker)));
    }
    return rows;
  }
}
