package org.synapsegateway;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.observe.Management;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/** Tells in the log what has started: the routes, their groups, and which workers are there. */
final class StartupSummary {
  private static final Logger LOG = LoggerFactory.getLogger(StartupSummary.class);
  private static final int MOST_NAMED = 3;

  private StartupSummary() {}

  /**
   * @param management the management port; null if it could not be opened
   */
  static void log(CamelContext context, Settings settings, Management management) {
    if (management != null) {
      LOG.info(
          "Metrics on http://{}:{}/observe/metrics",
          Settings.inUrl(settings.text(Setting.MANAGEMENT_HOST)),
          management.port());
    }
    List<WorkerGroup> groups = WorkerGroup.all(context);
    List<WorkerGroup> served = groups.stream().filter(group -> group.workers() > 0).toList();
    LOG.info(
        "{} routes; groups with workers: {}; {} without, for which others stand in",
        context.getRoutesSize(),
        served.stream()
            .map(group -> group.name() + " " + group.workers())
            .collect(Collectors.joining(", ")),
        groups.size() - served.size());
    logWorkers(List.copyOf(RouteRules.sockets(context).keySet()));
  }

  private static void logWorkers(List<String> sockets) {
    List<String> missing =
        sockets.stream().filter(socket -> !Files.exists(Path.of(socket))).toList();
    if (missing.isEmpty()) {
      LOG.info("All {} sockets of workers are there", sockets.size());
      return;
    }
    int named = Math.min(missing.size(), MOST_NAMED);
    LOG.warn(
        "{} of {} sockets of workers are there; missing: {}{}",
        sockets.size() - missing.size(),
        sockets.size(),
        String.join(", ", missing.subList(0, named)),
        named == missing.size() ? "" : " and more; the command check tells all");
  }
}
