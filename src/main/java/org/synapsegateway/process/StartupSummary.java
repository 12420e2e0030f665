// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.config.Configuration;
import org.synapsegateway.config.Layout;
import org.synapsegateway.config.RouteModel;
import org.synapsegateway.config.WorkerGroup;
import org.synapsegateway.fault.Code;
import org.synapsegateway.management.Management;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.worker.ListeningSockets;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.WorkerSocket;

/** Logs what has started: the routes, their groups, and which workers can be reached. */
final class StartupSummary {
  private static final Logger LOG = LoggerFactory.getLogger(StartupSummary.class);
  private static final int MAX_NAMED = 3;

  private StartupSummary() {}

  /**
   * Logs it.
   *
   * @return the workers that it says do not listen
   */
  static Set<WorkerAddress> log(CamelContext context, Settings settings, Management management) {
    LOG.info(
        "Synapse Gateway {} runs on Java {}", Build.version(), System.getProperty("java.version"));
    ClassArchive.log();
    Path file = Path.of(Layout.CONFIG);
    if (!Files.exists(file)) {
      LOG.info(
          "There is no {}; settings that are not given elsewhere have their defaults",
          file.toAbsolutePath());
    }
    Configuration.warnings(settings).forEach(warning -> LOG.warn("{}", warning));
    LOG.info(
        "Metrics on http://{}:{}/observe/metrics",
        Settings.inUrl(settings.text(Setting.MANAGEMENT_HOST)),
        management.port());
    List<WorkerGroup> groups = WorkerGroup.all(context);
    List<WorkerGroup> served = groups.stream().filter(group -> group.workers() > 0).toList();
    LOG.info(
        "{} routes; groups with workers: {}; {} without workers, served by their fallback",
        context.getRoutesSize(),
        served.stream()
            .map(group -> group.name() + " " + group.workers())
            .collect(Collectors.joining(", ")),
        groups.size() - served.size());
    return logWorkers(
        RouteModel.workers(context).keySet().stream().map(WorkerAddress::at).toList());
  }

  private static Set<WorkerAddress> logWorkers(List<WorkerAddress> workers) {
    List<WorkerAddress.Unix> sockets = workers.stream().flatMap(StartupSummary::socket).toList();
    if (sockets.size() < workers.size()) {
      LOG.info(
          "{} workers on ports of hosts, which are looked up and connected to from now on",
          workers.size() - sockets.size());
    }
    return sockets.isEmpty() ? Set.of() : logSockets(sockets);
  }

  private static Stream<WorkerAddress.Unix> socket(WorkerAddress worker) {
    return worker instanceof WorkerAddress.Unix unix ? Stream.of(unix) : Stream.empty();
  }

  private static Set<WorkerAddress> logSockets(List<WorkerAddress.Unix> sockets) {
    ListeningSockets listening = ListeningSockets.now();
    Map<WorkerAddress, String> away = new LinkedHashMap<>();
    for (WorkerAddress.Unix socket : sockets) {
      whyAway(socket.path(), listening).ifPresent(why -> away.put(socket, why));
    }
    if (away.isEmpty()) {
      LOG.info("{} of {} workers listen", sockets.size(), sockets.size());
      return away.keySet();
    }
    int named = Math.min(away.size(), MAX_NAMED);
    LOG.warn(
        "{} of {} workers listen; not: {}{} [{}]",
        sockets.size() - away.size(),
        sockets.size(),
        away.values().stream().limit(named).collect(Collectors.joining("; ")),
        named == away.size() ? "" : "; and more: the command check lists all",
        Code.WORKER_UNREACHABLE);
    return away.keySet();
  }

  /** The path of a worker that does not listen, and why; empty if it does. */
  private static Optional<String> whyAway(Path path, ListeningSockets listening) {
    WorkerSocket found = listening.at(path);
    return found.isListening() ? Optional.empty() : Optional.of(path + " " + found.detail());
  }
}
