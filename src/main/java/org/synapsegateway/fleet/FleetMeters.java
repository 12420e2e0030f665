// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.worker.WorkerEndpoint;

/** Shows which workers accept, which are drained, which groups have a fallback, and their rings. */
public final class FleetMeters {
  private FleetMeters() {}

  /**
   * Registers them; they are read at each scrape.
   *
   * @param fleet the fleet that serves at this moment
   */
  public static void show(Meters meters, Supplier<Fleet> fleet, WorkerProbe probe) {
    show(meters, Meter.WORKER_UP, fleet, worker -> probe.of(worker).accepts() ? 1 : 0);
    show(meters, Meter.WORKER_DRAINED, fleet, worker -> worker.isDrained() ? 1 : 0);
    MultiGauge fallback = meters.rows(Meter.GROUP_FALLBACK);
    meters.beforeReading(() -> fallback.register(fallbacks(fleet.get()), true));
    MultiGauge rings = meters.rows(Meter.RING);
    meters.beforeReading(() -> rings.register(rings(fleet.get()), true));
  }

  private static List<MultiGauge.Row<?>> rings(Fleet fleet) {
    Map<Tags, Integer> values = new LinkedHashMap<>();
    for (Ring ring : Ring.of(fleet)) {
      values.put(Meters.tags(Meter.RING, ring.group(), ring.digest()), 1);
    }
    return rows(values);
  }

  private static void show(
      Meters meters, Meter meter, Supplier<Fleet> fleet, ToIntFunction<WorkerEndpoint> value) {
    MultiGauge gauge = meters.rows(meter);
    meters.beforeReading(() -> gauge.register(rows(meter, fleet.get(), value), true));
  }

  private static List<MultiGauge.Row<?>> rows(
      Meter meter, Fleet fleet, ToIntFunction<WorkerEndpoint> value) {
    // a route may send to one worker from several steps
    Map<Tags, Integer> values = new LinkedHashMap<>();
    for (Group group : fleet.groups()) {
      for (WorkerEndpoint worker : group.workers()) {
        values.put(Meters.tags(meter, group.name(), worker.name()), value.applyAsInt(worker));
      }
    }
    return rows(values);
  }

  /** A route may have several blocks of workers; one without a fallback counts for all. */
  private static List<MultiGauge.Row<?>> fallbacks(Fleet fleet) {
    Map<Tags, Integer> values = new LinkedHashMap<>();
    for (Group group : fleet.groups()) {
      Tags tags = Meters.tags(Meter.GROUP_FALLBACK, group.name());
      values.merge(tags, group.mayFallBack() ? 1 : 0, Math::min);
    }
    return rows(values);
  }

  private static List<MultiGauge.Row<?>> rows(Map<Tags, Integer> values) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    values.forEach((tags, number) -> rows.add(MultiGauge.Row.of(tags, number)));
    return rows;
  }
}
