// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.util.Map;
import java.util.Properties;
import org.synapsegateway.config.Layout;
import org.synapsegateway.settings.Setting;

/**
 * The values of keys that are given nowhere else: what the data path relies on, which a key in the
 * configuration may change at its own risk, and the defaults of the gateway's settings.
 */
final class Presets {
  private static final Map<String, String> OF_CAMEL =
      Map.ofEntries(
          // a direct: endpoint that waits for its route would hold up an event loop
          Map.entry("camel.component.direct.block", "false"),
          // bodies are streams from socket to socket and are read once
          Map.entry("camel.main.streamCachingEnabled", "false"),
          // healthy checks are listed too, because each worker's state is wanted
          Map.entry("camel.health.exposureLevel", "full"),
          // all routes have started, or none
          Map.entry("camel.health.routesEnabled", "false"),
          Map.entry("camel.health.consumersEnabled", "false"),
          Map.entry("camel.main.name", "synapse-gateway"),
          Map.entry(Layout.ROUTES, Layout.ROUTE_FILES),
          Map.entry("camel.main.routesReloadDirectory", "routes"),
          Map.entry("camel.main.routesReloadPattern", "*.camel.yaml"),
          Map.entry("camel.main.jmxEnabled", "false"),
          // clients poll for 30 s, and Synapse answers a little later than that
          Map.entry("camel.main.shutdownTimeout", "38"),
          // a rest: service may send to a group that other routes send to as well
          Map.entry("camel.rest.inlineRoutes", "false"),
          Map.entry("camel.main.startupSummaryLevel", "oneline"),
          Map.entry("camel.main.basePackageScanEnabled", "false"));

  private Presets() {}

  /** All of them. Those of settings are for the {{placeholders}} in routes. */
  static Properties all() {
    Properties all = new Properties();
    all.putAll(OF_CAMEL);
    for (Setting setting : Setting.values()) {
      all.setProperty(setting.key(), setting.defaultValue());
    }
    return all;
  }
}
