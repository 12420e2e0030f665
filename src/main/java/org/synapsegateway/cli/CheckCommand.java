// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.Configuration;
import org.synapsegateway.config.Layout;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.config.RingNames;
import org.synapsegateway.config.RouteDirectories;
import org.synapsegateway.config.RouteModel;
import org.synapsegateway.config.RoutePlace;
import org.synapsegateway.config.RouteRules;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.config.StepWarnings;
import org.synapsegateway.config.WorkerGroup;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.explain.TextTable;
import org.synapsegateway.explain.WorkersDoc;
import org.synapsegateway.explain.WorkersDocReport;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.process.Logging;
import org.synapsegateway.routing.RouteExpression;
import org.synapsegateway.routing.pattern.Overlaps;
import org.synapsegateway.server.ConnectionLimits;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.tls.Certificate;
import org.synapsegateway.tls.CertificateAudit;
import org.synapsegateway.worker.SocketDirectories;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerList;
import org.synapsegateway.worker.WorkerListEndpoint;
import org.synapsegateway.worker.WorkerSocket;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks for what is wrong with settings, routes and sockets, without opening the port. */
@Command(
    name = "check",
    description =
        "Loads settings and routes as a start does, but opens no port. Checks the workers'"
            + " sockets and requests /health of each.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:nothing is wrong, or there are warnings only",
      "1:an error: the gateway would not start, or a group cannot serve",
      "2:a command line that makes no sense",
      "3:with --strict, warnings only, for instance a worker that is away"
    },
    mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {
  private static final int WARNED = 3;

  /** A host in what {@code /.well-known/matrix/client} and {@code server} say. */
  private static final Pattern LED_TO =
      Pattern.compile("\"(?:base_url|m\\.server)\"\\s*:\\s*\"(?:https://)?([^/:\"\\[]+)");

  @Option(
      names = "--workers-doc",
      paramLabel = "FILE",
      description = "Synapse's docs/workers.md, to compare the routes with")
  private @Nullable Path workersDoc;

  @Option(names = "--strict", description = "exit with 3 if there are warnings")
  private boolean strict;

  @Option(
      names = "--files",
      description = "check settings and routes only, and no socket: the workers may start later")
  private boolean filesOnly;

  @Mixin private Output output = new Output();

  private final List<Row> rows = new ArrayList<>();
  private final List<Fault> errors = new ArrayList<>();
  private final List<Fault> warnings = new ArrayList<>();

  /**
   * What has been looked at.
   *
   * @param where file and line, if a file names it
   * @param found what was found, for people
   */
  private record Row(String what, String where, String state, String found) {}

  /**
   * All that has been found.
   *
   * @param comparison what {@code --workers-doc} tells, for people; empty without it
   */
  private record Report(
      List<Row> rows, List<Fault> errors, List<Fault> warnings, String comparison) {}

  @Override
  public Integer call() {
    String comparison = "";
    Logging.silence();
    try (DryRun dryRun = DryRun.start()) {
      CamelContext context = dryRun.context();
      showSettings(dryRun.settings());
      showListeners(dryRun.settings());
      showLimits(dryRun.settings());
      showCertificates(dryRun.settings());
      showPatterns(context);
      showRoutes(context);
      showSteps(context, dryRun.settings());
      if (!filesOnly) {
        showSockets(context, dryRun);
      }
      comparison = workersDoc == null ? "" : compare(dryRun, workersDoc);
    } catch (RuntimeException e) {
      errors.addAll(StartupError.faults(e));
    }
    Report report = new Report(rows, errors, warnings, comparison);
    output.print(report, () -> text(report));
    return errors.isEmpty() ? (strict && !warnings.isEmpty() ? WARNED : 0) : 1;
  }

  private String compare(DryRun dryRun, Path file) {
    WorkersDoc doc;
    try {
      doc = WorkersDoc.parse(Files.readString(Callers.file(file)));
    } catch (IOException e) {
      errors.add(ReadableFile.fault(file, e));
      return "";
    }
    if (doc.endpoints().isEmpty()) {
      throw ConfigurationException.of(
          new Fault(
              Code.BAD_ARGUMENT,
              file.toString(),
              "--workers-doc",
              "the file lists no endpoints; name docs/workers.md of Synapse"));
    }
    return "\n" + WorkersDocReport.of(doc, dryRun);
  }

  private static String text(Report report) {
    TextTable table = new TextTable();
    if (!report.rows.isEmpty()) {
      table.row("what", "where", "state", "found");
    }
    report.rows.forEach(row -> table.row(row.what, row.where, row.state, row.found));
    StringBuilder text = new StringBuilder(table.toString());
    report.errors.forEach(error -> text.append("\nerror: ").append(error));
    report.warnings.forEach(warning -> text.append("\nwarning: ").append(warning));
    return text.append(report.errors.isEmpty() && report.warnings.isEmpty() ? "" : "\n")
        .append(
            "\nerrors: %d, warnings: %d%n".formatted(report.errors.size(), report.warnings.size()))
        .append(report.comparison)
        .toString();
  }

  private void row(String what, String where, String state, String found) {
    rows.add(new Row(what, where, state, found));
  }

  /** Ends a part of the table, whose state depends on the warnings that it has brought. */
  private String stateSince(int warningsBefore) {
    return warnings.size() == warningsBefore ? "ok" : "warning";
  }

  // ---- settings and limits

  private void showSettings(Settings settings) {
    List<Setting> changed =
        Arrays.stream(Setting.values())
            .filter(setting -> !settings.text(setting).equals(setting.defaultValue()))
            .toList();
    int before = warnings.size();
    warnings.addAll(Configuration.warnings(settings));
    row(
        "settings",
        Layout.CONFIG,
        stateSince(before),
        changed.size() + " of " + Setting.values().length + " are not the defaults");
    for (Setting setting : changed) {
      row(
          "  " + setting.key(),
          Configuration.place(setting.key()),
          "ok",
          (settings.text(setting).isEmpty() ? "empty" : settings.text(setting))
              + ", by default "
              + setting.defaultValue());
    }
  }

  private void showListeners(Settings settings) {
    for (Listener listener : settings.listeners()) {
      row(
          "listener " + listener,
          Configuration.place(Setting.LISTEN.key()),
          "ok",
          listener.description());
    }
  }

  private void showLimits(Settings settings) {
    int before = warnings.size();
    int affordable = ConnectionLimits.affordable();
    int configured = settings.count(Setting.CONNECTIONS_MAX);
    if (configured > affordable) {
      String key = Setting.CONNECTIONS_MAX.key();
      warnings.add(
          new Fault(
              Code.HIGH_LIMIT,
              Configuration.place(key),
              key,
              "%s = %d, but descriptors and memory allow %d here; raise them (ulimit -n, -Xmx)"
                  .formatted(key, configured, affordable)));
    }
    row(
        "limits",
        "this shell",
        stateSince(before),
        "%d descriptors and a heap of %d MiB allow %d clients; configured: %s"
            .formatted(
                descriptors(),
                Runtime.getRuntime().maxMemory() >> 20,
                affordable,
                configured == 0 ? "as many" : configured));
  }

  private static long descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount()
        : 0;
  }

  // ---- certificates

  /** Also those that no listener serves yet, as somebody may want to know before it does. */
  private void showCertificates(Settings settings) {
    String setting = settings.text(Setting.TLS_CERTIFICATES);
    if (setting.isEmpty() && settings.listeners().stream().noneMatch(Listener::https)) {
      return;
    }
    CertificateAudit audit = CertificateAudit.of(setting);
    audit.demand(hosts(settings));
    audit.certificates().forEach(this::showCertificate);
    errors.addAll(audit.errors());
    warnings.addAll(audit.warnings());
  }

  /** The hosts to which clients and other servers are led, and the settings that do. */
  private static Map<String, String> hosts(Settings settings) {
    Map<String, String> hosts = new TreeMap<>();
    for (Setting setting : List.of(Setting.WELL_KNOWN_CLIENT, Setting.WELL_KNOWN_SERVER)) {
      Matcher found = LED_TO.matcher(settings.text(setting));
      while (found.find()) {
        hosts.put(found.group(1).toLowerCase(Locale.ROOT), setting.key());
      }
    }
    return hosts;
  }

  private void showCertificate(Certificate certificate) {
    List<Fault> faults = CertificateAudit.faults(certificate);
    row(
        "certificate " + certificate.name(),
        certificate.file(),
        faults.isEmpty() ? "ok" : "warning",
        "%s key, until %s, for %s"
            .formatted(
                certificate.keyType(),
                certificate.expires(),
                String.join(", ", certificate.names())));
  }

  // ---- routes

  private void showRoutes(CamelContext context) {
    Map<RouteDefinition, WorkerGroup> groups = new HashMap<>();
    WorkerGroup.all(context).forEach(group -> groups.put(group.route(), group));
    for (RouteDefinition route : RouteModel.routes(context)) {
      String description = route.getDescriptionText();
      row(
          "route " + route.getRouteId(),
          RoutePlace.of(route.getInput(), route),
          "ok",
          workers(groups.get(route)) + (description == null ? "" : ": " + description));
    }
  }

  private void showSteps(CamelContext context, Settings settings) {
    int before = warnings.size();
    warnings.addAll(StepWarnings.of(context, settings));
    warnings.addAll(RouteDirectories.ignored(Path.of("routes")));
    warnings.addAll(RouteDirectories.ignored(RouteDirectories.OWN));
    row("steps", "routes", stateSince(before), "all steps of all routes");
  }

  private static String workers(@Nullable WorkerGroup group) {
    if (group == null) {
      return "leads on";
    }
    String by = group.hash() == null ? "" : " by " + group.hash().getKey();
    return group.workers() == 0
        ? "no workers of its own"
        : group.workers() + (group.workers() == 1 ? " worker" : " workers" + by);
  }

  // ---- workers

  private void showSockets(CamelContext context, DryRun dryRun) {
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
            WorkerSocket.pool(WorkerAddress.at(worker), place).ifPresent(errors::add);
          });
    } finally {
      threads.shutdownNow();
    }
    warnings.addAll(RouteRules.sharedWorkers(context));
    warnings.addAll(RingNames.warnings(context));
    warnings.addAll(
        SocketDirectories.lost(places.keySet().stream().map(WorkerAddress::at).toList()));
    Set<String> deserted = dryRun.fleet().deserted(listening::contains);
    RouteModel.routes(context).stream()
        .filter(route -> deserted.contains(route.getRouteId()))
        .forEach(
            route ->
                errors.add(
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
      row("list " + list, place, "unreadable", failure);
      warnings.add(
          new Fault(
              Code.WORKER_UNREACHABLE,
              place,
              list.toString(),
              "nobody tells which workers " + list + " has: " + failure));
      return;
    }
    row("list " + list, place, "ok", found.size() + (found.size() == 1 ? " worker" : " workers"));
    for (WorkerAddress worker : found) {
      if (WorkerList.isDisguisedAddress(worker)) {
        errors.add(
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
    row((worker.startsWith("/") ? "socket " : "worker ") + worker, place, state, socket.detail());
    switch (socket.state()) {
      case HEALTHY -> {}
      case UNHEALTHY ->
          warnings.add(
              new Fault(
                  Code.WORKER_UNHEALTHY,
                  place,
                  worker,
                  "the worker at " + worker + " is unhealthy: " + socket.detail()));
      default ->
          warnings.add(
              new Fault(
                  Code.WORKER_UNREACHABLE,
                  place,
                  worker,
                  "the worker at " + worker + " cannot be reached: " + socket.detail()));
    }
  }

  // ---- request lines

  /** Compares the lines of each choice, in which the first that matches decides. */
  private void showPatterns(CamelContext context) {
    int before = warnings.size();
    int lines = 0;
    for (RouteDefinition route : RouteModel.routes(context)) {
      for (ChoiceDefinition choice : RouteModel.all(route, ChoiceDefinition.class)) {
        List<RouteExpression> expressions =
            choice.getWhenClauses().stream()
                .filter(when -> "request".equals(when.getExpressionType().getLanguage()))
                .map(when -> RouteExpression.of(context, route, when))
                .toList();
        lines += findOverlaps(expressions);
      }
    }
    row("patterns", "routes", stateSince(before), lines + " request lines");
  }

  private int findOverlaps(List<RouteExpression> expressions) {
    List<Overlaps.Group> groups = new ArrayList<>();
    for (RouteExpression expression : expressions) {
      groups.add(new Overlaps.Group(Integer.toString(groups.size()), expression.text()));
    }
    for (Overlaps.Finding finding : Overlaps.find(groups)) {
      List<String> earlier =
          finding.earlier().stream().map(line -> place(expressions, line)).toList();
      warnings.add(
          new Fault(
              code(finding.kind()),
              place(expressions, finding.line()),
              finding.line().text(),
              finding.line().text()
                  + switch (finding.kind()) {
                    case EMPTY -> " matches no request; correct or remove it";
                    case COVERED -> " is unreachable: its requests are already matched at ";
                    case SHARED ->
                        " matches " + finding.example() + ", which is already matched at ";
                    case UNDECIDED -> " takes too long to compare with ";
                  }
                  + String.join(", ", earlier)));
    }
    return expressions.stream()
        .mapToInt(each -> (int) each.text().lines().filter(line -> !line.isBlank()).count())
        .sum();
  }

  private static Code code(Overlaps.Kind kind) {
    return switch (kind) {
      case EMPTY -> Code.MATCHES_NOTHING;
      case COVERED -> Code.UNREACHABLE_LINE;
      case SHARED -> Code.OVERLAPPING_LINE;
      case UNDECIDED -> Code.UNCOMPARED_LINE;
    };
  }

  private static String place(List<RouteExpression> expressions, Overlaps.Line line) {
    return RoutePlace.of(expressions.get(Integer.parseInt(line.group())), line.number());
  }
}
