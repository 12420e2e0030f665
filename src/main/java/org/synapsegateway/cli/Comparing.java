// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.explain.LoggedRequests;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.importer.compare.Comparison;
import org.synapsegateway.importer.compare.Report;
import org.synapsegateway.importer.compare.ReportText;
import org.synapsegateway.importer.nginx.Judge;
import org.synapsegateway.importer.nginx.Site;
import org.synapsegateway.process.Logging;
import picocli.CommandLine.Option;

/** The options of a comparison of the routes with an nginx, and the comparison. */
final class Comparing {
  private static final int DIFFERS = 3;

  @Option(
      names = "--compare",
      paramLabel = "NGINX.CONF",
      description =
          "tell what this nginx decides otherwise than the routes of this directory: nginx.conf, a"
              + " part of it, or the output of nginx -T")
  private @Nullable Path configuration;

  @Option(
      names = "--ask-nginx",
      paramLabel = "BINARY",
      arity = "0..1",
      fallbackValue = "/usr/sbin/nginx",
      description =
          "with --compare: ask nginx itself too, in a private directory and on sockets of its own; by"
              + " default ${FALLBACK-VALUE}")
  private @Nullable Path binary;

  @Option(
      names = "--from-log",
      paramLabel = "FILE",
      description = "with --compare: an access log, by which the differences are ranked; .gz too")
  private @Nullable Path log;

  @Option(
      names = "--address",
      paramLabel = "NGINX=ROUTES",
      description =
          "with --compare: an address in nginx, and that of the same worker in the routes, for"
              + " instance 127.0.0.1:8083=unix:/run/matrix-synapse/inbound_sync1.sock; may be given"
              + " again")
  private Map<String, String> addresses = new LinkedHashMap<>();

  /** What to compare with; empty if nothing is to be compared. */
  Optional<Path> configuration() {
    return Optional.ofNullable(configuration);
  }

  /** Compares; returns the exit status. */
  int run(Path configuration, Output output) {
    Logging.silence();
    if (binary != null && !Files.isExecutable(binary)) {
      String text = binary + " is no program that can be run; give the path of nginx";
      output.fail(Fault.of(Code.NGINX_FAILED, binary.toString(), text));
      return 1;
    }
    if (org.synapsegateway.importer.haproxy.Site.isConfiguration(configuration)) {
      String text = "--compare reads nginx only; for HAProxy see what import reports";
      String file = configuration.toString();
      output.fail(new Fault(Code.BAD_ARGUMENT, file, file, text));
      return 1;
    }
    try (DryRun dryRun = DryRun.start()) {
      Site site = Site.read(configuration);
      Report report = compare(site, dryRun);
      output.print(report, () -> ReportText.of(report));
      return report.hasFindings() ? DIFFERS : 0;
    } catch (RuntimeException e) {
      output.failToStart(e);
    } catch (IOException e) {
      output.fail(fault(e));
    }
    return 1;
  }

  /** Of a log that cannot be read, or of the nginx that is asked. */
  private Fault fault(IOException e) {
    return binary == null && log != null
        ? ReadableFile.fault(log, e)
        : Fault.of(Code.NGINX_FAILED, String.valueOf(binary), Reason.of(e));
  }

  private Report compare(Site site, DryRun dryRun) throws IOException {
    try (Judge judge = binary == null ? null : Judge.start(binary, site);
        LoggedRequests lines = open()) {
      return Comparison.of(site, dryRun, addresses, judge, lines);
    }
  }

  private @Nullable LoggedRequests open() {
    if (log == null) {
      return null;
    }
    try {
      return LoggedRequests.open(log);
    } catch (IOException e) {
      throw ConfigurationException.of(ReadableFile.fault(log, e), e);
    }
  }
}
