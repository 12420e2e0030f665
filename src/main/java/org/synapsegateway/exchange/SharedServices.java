// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.request.ReplayBudget;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * What the components and balancers of one context have in common, and with those of earlier routes
 * as far as the gateway gives it: one of each class. Routes cannot name it. Safe for any thread.
 */
public final class SharedServices {
  private final Map<Class<?>, Object> services = new ConcurrentHashMap<>();

  private SharedServices() {}

  /** The event loops; none before the gateway listens. */
  @FunctionalInterface
  public interface EventLoops extends Supplier<List<Loop>> {}

  /** Those of a context, as its plugin. */
  public static SharedServices of(CamelContext context) {
    SharedServices known = plugin(context.getCamelContextExtension());
    return known == null ? add(context.getCamelContextExtension()) : known;
  }

  private static SharedServices plugin(ExtendedCamelContext context) {
    return context.getContextPlugin(SharedServices.class);
  }

  private static synchronized SharedServices add(ExtendedCamelContext context) {
    if (plugin(context) == null) {
      context.addContextPlugin(SharedServices.class, new SharedServices());
    }
    return plugin(context);
  }

  /** Gives the one of its class. */
  public <T> SharedServices put(Class<T> type, T service) {
    services.put(type, service);
    return this;
  }

  /** The service of a class; null if none was put. */
  public <T> @Nullable T get(Class<T> type) {
    return type.cast(services.get(type));
  }

  /** The service of a class, made if none was put. */
  public <T> T get(Class<T> type, Supplier<T> made) {
    return type.cast(services.computeIfAbsent(type, none -> made.get()));
  }

  /** The settings; the defaults if none were put. */
  public Settings settings() {
    Settings given = get(Settings.class);
    return given == null ? Settings.defaults() : given;
  }

  /** The memory for copies of request bodies. */
  public ReplayBudget replayBudget() {
    return new ReplayBudget(settings().bytes(Setting.REPLAY_MAX), memoryBudget());
  }

  /** What all copies of request bodies take together. */
  public MemoryBudget memoryBudget() {
    return get(
        MemoryBudget.class, () -> ReplayBudget.budget(settings().bytes(Setting.REPLAY_MEMORY)));
  }
}
