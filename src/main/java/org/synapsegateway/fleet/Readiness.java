// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * A Camel health check: whether requests can be served: those of the listener, of the files and of
 * each group.
 */
abstract class Readiness extends AbstractHealthCheck {
  private Readiness(String id) {
    super("gateway", id);
  }

  /** Adds the checks to a context whose routes have started. */
  static void register(
      CamelContext context,
      Supplier<Fleet> fleet,
      WorkerProbe probe,
      Supplier<@Nullable String> closed,
      Supplier<@Nullable RefusedReload> refused) {
    HealthCheckRegistry registry = HealthCheckRegistry.get(context);
    registry.register(new OfListener(closed));
    registry.register(new OfFiles(refused));
    List<Group> groups = fleet.get().groups();
    Map<String, Integer> blocks = new HashMap<>();
    for (int place = 0; place < groups.size(); place++) {
      String name = groups.get(place).name();
      int number = blocks.merge(name, 1, Integer::sum);
      String id = number == 1 ? name : name + " (" + number + ")"; // as those of rings
      registry.register(new OfGroup(fleet, place, id, probe));
    }
  }

  @Override
  public boolean isLiveness() {
    return false;
  }

  /** Ready while clients can connect, and will be able to. */
  private static final class OfListener extends Readiness {
    private final Supplier<@Nullable String> closed;

    OfListener(Supplier<@Nullable String> closed) {
      super(HealthChecks.LISTENER);
      this.closed = closed;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder result, Map<String, Object> options) {
      String why = closed.get();
      if (why == null) {
        result.up();
      } else {
        result.message(why).down();
      }
    }
  }

  /** Always ready, as the routes before go on; says whether changed files are refused. */
  private static final class OfFiles extends Readiness {
    private final Supplier<@Nullable RefusedReload> refused;

    OfFiles(Supplier<@Nullable RefusedReload> refused) {
      super("files");
      this.refused = refused;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder result, Map<String, Object> options) {
      RefusedReload now = refused.get();
      if (now != null) {
        result.message("changed files are refused since " + now.since() + ": " + now.error());
      }
      result.up();
    }
  }

  /** Ready while a worker of the group accepts, or one of its fallback. */
  private static final class OfGroup extends Readiness {
    private final Supplier<Fleet> now;
    private final int place;
    private final WorkerProbe probe;

    /**
     * @param place that of the group, which has other workers from time to time
     */
    OfGroup(Supplier<Fleet> now, int place, String id, WorkerProbe probe) {
      super("group " + id);
      this.now = now;
      this.place = place;
      this.probe = probe;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder result, Map<String, Object> options) {
      Fleet fleet = now.get();
      Group group = fleet.groups().get(place);
      Map<String, String> workers = new TreeMap<>();
      boolean anyAccepts = false;
      for (WorkerEndpoint worker : group.workers()) {
        Condition condition = probe.of(worker);
        anyAccepts |= condition.accepts();
        workers.put(worker.name(), condition + (worker.isDrained() ? ", drained" : ""));
      }
      result.detail("workers", workers);
      String nobody = anyAccepts ? "only drained workers accept" : "no worker accepts";
      switch (fleet.served(group, worker -> probe.of(worker).accepts())) {
        case BY_WORKERS -> result.up();
        case BY_FALLBACK -> result.message(nobody + ", the fallback serves").up();
        case BY_NOBODY ->
            result.message(nobody + (group.mayFallBack() ? ", nor does the fallback" : "")).down();
      }
    }
  }
}
