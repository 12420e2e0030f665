// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.RingNames;
import org.synapsegateway.config.RouteModel;
import org.synapsegateway.config.RoutePlace;
import org.synapsegateway.config.RouteRules;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.worker.SocketDirectories;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerList;
import org.synapsegateway.worker.WorkerListEndpoint;
import org.synapsegateway.worker.WorkerSocket;

/** The part of {@code check} that looks at workers: their lists, sockets and health. */
final class SocketCheck {
  private final CheckReport report;

  SocketCheck(CheckReport report) {
    this.report = report;
  }

  void show(CamelContext context, DryRun dryRun) {
    Map<String, String> places = places(context, dryRun.settings());
    RouteModel.lists(context)
        .forEach(
            step -> showList(Objects.requireNonNull(RouteModel.list(context, step)), step, places));
    Set<String> listening = new HashSet<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      Map<String, CompletableFuture<WorkerSocket>> looks = new LinkedHashMap<>();
      for (String worker : places.keySet()) {
        looks.put(
            worker,
            CompletableFuture.supplyAsync(
                () -> asked(worker, dryRun.fleet().workers().get(worker)), threads));
      }
      looks.forEach(
          (worker, look) -> {
            String place = places.getOrDefault(worker, "");
            WorkerSocket socket = look.join();
            showSocket(worker, place, socket);
            if (socket.isListening()) {
              listening.add(worker);
            }
            WorkerSocket.pool(WorkerAddress.at(worker), place).ifPresent(report.errors()::add);
          });
    } finally {
      threads.shutdownNow();
    }
    report.warnings().addAll(RouteRules.sharedWorkers(context));
    report.warnings().addAll(RingNames.warnings(context));
    report
        .warnings()
        .addAll(SocketDirectories.lost(places.keySet().stream().map(WorkerAddress::at).toList()));
    Set<String> deserted = dryRun.fleet().deserted(listening::contains);
    RouteModel.routes(context).stream()
        .filter(route -> deserted.contains(route.getRouteId()))
        .forEach(
            route ->
                report
                    .errors()
                    .add(
                        new Fault(
                            Code.GROUP_UNREACHABLE,
                            RoutePlace.of(route.getInput(), route),
                            route.getRouteId(),
                            "group %s cannot serve: none of its workers and none of its fallback can be reached; start one"
                                .formatted(route.getRouteId()))));
  }

  /**
   * Reads a list of workers.
   *
   * @param places takes where those are named that it names
   */
  private void showList(
      WorkerListEndpoint list, ProcessorDefinition<?> step, Map<String, String> places) {
    String place = RoutePlace.of(step);
    List<WorkerAddress> found = list.workers().stream().map(WorkerEndpoint::address).toList();
    found.forEach(worker -> places.putIfAbsent(worker.toString(), place));
    String failure = list.failure();
    if (failure != null) {
      report.row("list " + list, place, "unreadable", failure);
      warn(
          Code.WORKER_UNREACHABLE,
          place,
          list.toString(),
          "nobody tells which workers " + list + " has: " + failure);
      return;
    }
    report.row(
        "list " + list, place, "ok", found.size() + (found.size() == 1 ? " worker" : " workers"));
    for (WorkerAddress worker : found) {
      if (WorkerList.isDisguisedAddress(worker)) {
        report
            .errors()
            .add(
                new Fault(
                    Code.BAD_URI,
                    place,
                    list.toString(),
                    "%s has the worker %s, whose name is its address and another one after each restart; name the Service of a StatefulSet"
                        .formatted(list, worker)));
      }
    }
  }

  /**
   * What a worker answers.
   *
   * @param endpoint null if no group has it
   */
  private static WorkerSocket asked(String worker, @Nullable WorkerEndpoint endpoint) {
    return endpoint == null
        ? WorkerSocket.askedAt(WorkerAddress.at(worker))
        : WorkerSocket.askedAt(endpoint);
  }

  /** Where each worker is named first. */
  private static Map<String, String> places(CamelContext context, Settings settings) {
    Map<String, String> places = new TreeMap<>();
    RouteModel.workers(context)
        .forEach((worker, steps) -> places.put(worker, RoutePlace.of(steps.get(0))));
    RouteRules.questioned(settings)
        .forEach(worker -> places.putIfAbsent(worker, Setting.WHOAMI_WORKERS.key()));
    return places;
  }

  private void showSocket(String worker, String place, WorkerSocket socket) {
    String state = socket.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    report.row(
        (worker.startsWith("/") ? "socket " : "worker ") + worker, place, state, socket.detail());
    switch (socket.state()) {
      case HEALTHY -> {}
      case UNHEALTHY ->
          warn(
              Code.WORKER_UNHEALTHY,
              place,
              worker,
              "the worker at " + worker + " is unhealthy: " + socket.detail());
      default ->
          warn(
              Code.WORKER_UNREACHABLE,
              place,
              worker,
              "the worker at " + worker + " cannot be reached: " + socket.detail());
    }
  }

  private void warn(Code code, String place, String subject, String text) {
    report.warnings().add(new Fault(code, place, subject, text));
  }
}
