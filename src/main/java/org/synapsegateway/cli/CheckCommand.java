// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.Configuration;
import org.synapsegateway.config.Layout;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.config.RouteDirectories;
import org.synapsegateway.config.RouteModel;
import org.synapsegateway.config.RoutePlace;
import org.synapsegateway.config.Secrets;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.config.StepWarnings;
import org.synapsegateway.config.WorkerGroup;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.explain.WorkersDoc;
import org.synapsegateway.explain.WorkersDocReport;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.process.Logging;
import org.synapsegateway.server.ConnectionLimits;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.tls.Certificate;
import org.synapsegateway.tls.CertificateAudit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code check}: finds faults of settings, routes and sockets, and opens no port. */
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

  private final CheckReport report = new CheckReport();

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
      new PatternCheck(report).show(context);
      showRoutes(context);
      showSteps(context, dryRun.settings());
      if (!filesOnly) {
        new SocketCheck(report).show(context, dryRun);
      }
      comparison = workersDoc == null ? "" : compare(dryRun, workersDoc);
    } catch (RuntimeException e) {
      report.errors().addAll(StartupError.faults(e));
    }
    CheckReport.Whole whole = report.whole(comparison);
    output.print(whole, whole::text);
    return report.errors().isEmpty() ? (strict && !report.warnings().isEmpty() ? WARNED : 0) : 1;
  }

  private String compare(DryRun dryRun, Path file) {
    WorkersDoc doc;
    try {
      doc = WorkersDoc.parse(Files.readString(Callers.file(file)));
    } catch (IOException e) {
      report.errors().add(ReadableFile.fault(file, e));
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

  // ---- settings and limits

  private void showSettings(Settings settings) {
    List<Setting> changed =
        Arrays.stream(Setting.values())
            .filter(setting -> !settings.text(setting).equals(setting.defaultValue()))
            .toList();
    int before = report.warnings().size();
    report.warnings().addAll(Configuration.warnings(settings));
    report.row(
        "settings",
        Layout.CONFIG,
        report.stateSince(before),
        changed.size() + " of " + Setting.values().length + " are not the defaults");
    for (Setting setting : changed) {
      report.row(
          "  " + setting.key(),
          Configuration.place(setting.key()),
          "ok",
          shown(setting, settings.text(setting)) + ", by default " + setting.defaultValue());
    }
  }

  private static String shown(Setting setting, String text) {
    return text.isEmpty() ? "empty" : setting.isSecret() ? Secrets.HIDDEN : text;
  }

  private void showListeners(Settings settings) {
    for (Listener listener : settings.listeners()) {
      report.row(
          "listener " + listener,
          Configuration.place(Setting.LISTEN.key()),
          "ok",
          listener.description());
    }
  }

  private void showLimits(Settings settings) {
    int before = report.warnings().size();
    int affordable = ConnectionLimits.affordable();
    int configured = settings.count(Setting.CONNECTIONS_MAX);
    if (configured > affordable) {
      String key = Setting.CONNECTIONS_MAX.key();
      report
          .warnings()
          .add(
              new Fault(
                  Code.HIGH_LIMIT,
                  Configuration.place(key),
                  key,
                  "%s = %d, but descriptors and memory allow %d here; raise them (ulimit -n, -Xmx)"
                      .formatted(key, configured, affordable)));
    }
    report.row(
        "limits",
        "this shell",
        report.stateSince(before),
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
    report.errors().addAll(audit.errors());
    report.warnings().addAll(audit.warnings());
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
    report.row(
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
      report.row(
          "route " + route.getRouteId(),
          RoutePlace.of(route.getInput(), route),
          "ok",
          workers(groups.get(route)) + (description == null ? "" : ": " + description));
    }
  }

  private void showSteps(CamelContext context, Settings settings) {
    int before = report.warnings().size();
    report.warnings().addAll(StepWarnings.of(context, settings));
    report.warnings().addAll(RouteDirectories.ignored(Path.of("routes")));
    report.warnings().addAll(RouteDirectories.ignored(RouteDirectories.OWN));
    report.row("steps", "routes", report.stateSince(before), "all steps of all routes");
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
}
