// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.discovery.Names;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.metrics.RouteMeters;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.ReplayBudget;
import org.synapsegateway.server.FrontDoor;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.whoami.LookUp;
import org.synapsegateway.whoami.UserDirectory;
import org.synapsegateway.whoami.WhoAmI;
import org.synapsegateway.worker.Mirrors;
import org.synapsegateway.worker.Workers;

/**
 * What the generations of routes share, so that it outlives each of them. Confined to one thread at
 * a time, the one that starts a generation.
 */
public final class SharedState {
  private final Meters meters;
  private final FrontDoor frontDoor;
  private final Workers workers;
  private final Mirrors mirrors;
  private final Destinations destinations;
  private final Supplier<Generation> current;

  @SuppressWarnings("NullAway.Init") // serve() sets it
  private UserDirectory users;

  private @Nullable MemoryBudget memoryBudget;

  /**
   * @param current gives the generation that serves
   */
  SharedState(
      Meters meters,
      FrontDoor frontDoor,
      Workers workers,
      Mirrors mirrors,
      Destinations destinations,
      Supplier<Generation> current) {
    this.meters = meters;
    this.frontDoor = frontDoor;
    this.workers = workers;
    this.mirrors = mirrors;
    this.destinations = destinations;
    this.current = current;
  }

  /** Gives a generation what it shares with those before it. */
  void give(Generation generation) {
    if (users == null) {
      users =
          new UserDirectory(
              generation.whoAmI() == null ? null : this::ask, limits(generation.settings()));
      for (LookUp how : LookUp.values()) {
        meters.counter(Meter.WHOAMI, () -> users.lookUps(how), how.tag());
      }
    }
    if (memoryBudget == null) {
      workers.lookUpIn(Names.from(generation.settings().text(Setting.RESOLVERS)));
      memoryBudget = ReplayBudget.budget(generation.settings().bytes(Setting.REPLAY_MEMORY));
    }
    generation.frontRoute().teach(users);
    CamelContext context = generation.getCamelContext();
    SharedServices.of(context)
        .put(UserDirectory.class, users)
        .put(MemoryBudget.class, memoryBudget)
        .put(SharedServices.EventLoops.class, frontDoor::loops)
        .put(Workers.class, workers)
        .put(Mirrors.class, mirrors)
        .put(Destinations.class, destinations);
    context.getRegistry().bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters.registry());
    if (generation.settings().text(Setting.CAMEL_METERS).equals("on")) {
      context.addRoutePolicyFactory(new RouteMeters());
    }
  }

  /** Knows whose tokens are; null before the first generation. */
  UserDirectory users() {
    return users;
  }

  private void ask(WhoAmI.Question question, Executor loop, Consumer<byte @Nullable []> answer) {
    WhoAmI synapse = current.get().whoAmI();
    if (synapse == null) {
      answer.accept(null);
    } else {
      synapse.ask(question, loop, answer);
    }
  }

  /** The limits that the settings give a directory of users. */
  public static UserDirectory.Limits limits(Settings settings) {
    return new UserDirectory.Limits(
        settings.count(Setting.WHOAMI_CACHE_SIZE),
        Duration.ofMillis(settings.millis(Setting.WHOAMI_CACHE_TTL)),
        Duration.ofMillis(settings.millis(Setting.WHOAMI_NEGATIVE_CACHE_TTL)),
        UserDirectory.Limits.QUESTIONS,
        settings.count(Setting.WHOAMI_RATE_PER_CLIENT_MAX),
        settings.count(Setting.WHOAMI_RATE_MAX),
        Duration.ofMillis(settings.millis(Setting.WHOAMI_TIMEOUT)));
  }
}
