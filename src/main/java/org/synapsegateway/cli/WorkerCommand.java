// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.synapsegateway.explain.TextTable;
import org.synapsegateway.management.Drained;
import org.synapsegateway.management.Status;
import org.synapsegateway.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code worker}: lists the running gateway's workers, drains and undrains them. */
@Command(
    name = "worker",
    description =
        "Drains workers of the running gateway, brings them back, and shows their state. Run it"
            + " in the gateway's directory, where config/ names the management port.",
    mixinStandardHelpOptions = true)
public final class WorkerCommand {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private static final DateTimeFormatter SINCE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  private static final String NAME = "the worker's socket, for example inbound_normal_sync1";

  @Spec private CommandSpec spec;

  @Command(
      name = "list",
      description = "Lists all workers, by groups.",
      mixinStandardHelpOptions = true)
  int list(@Mixin Output output) {
    return told(
        output,
        () -> {
          Status status = status();
          output.print(status, () -> table(status));
        });
  }

  @Command(
      name = "drain",
      description =
          "Sends a worker no new requests; those it has end. Its keys go to the next worker"
              + " of the ring. It stays so until undrain or a restart of the gateway.",
      mixinStandardHelpOptions = true)
  int drain(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Option(
              names = "--wait",
              paramLabel = "DURATION",
              description =
                  "wait until it is idle, at most this long, for example 60s; exit 1 if it is not")
          String wait,
      @Mixin GatewaysOption gateways,
      @Mixin TokenOption token,
      @Mixin Output output) {
    long timeoutNanos = wait == null ? 0 : timeoutNanos(wait);
    if (gateways.isGiven()) {
      if (wait != null) {
        throw new ParameterException(
            spec.subcommands().get("drain"), "--wait is for the gateway of this directory only");
      }
      return gateways.post("drain", name, token, output);
    }
    return told(
        output,
        () -> {
          Drained drained = post("drain", name, token);
          if (wait == null) {
            output.print(drained, () -> text(drained));
            return;
          }
          output.progress(text(drained));
          awaitIdle(drained, timeoutNanos);
          output.print(drained.idle(), () -> drained.worker() + " is idle\n");
        });
  }

  @Command(
      name = "undrain",
      description = "Brings a worker back: it gets the requests of its keys again.",
      mixinStandardHelpOptions = true)
  int undrain(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Mixin GatewaysOption gateways,
      @Mixin TokenOption token,
      @Mixin Output output) {
    if (gateways.isGiven()) {
      return gateways.post("undrain", name, token, output);
    }
    return told(
        output,
        () -> {
          Drained drained = post("undrain", name, token);
          output.print(drained, () -> text(drained));
        });
  }

  /** What a command does, and prints. */
  private interface Action {
    void run() throws IOException;
  }

  private static int told(Output output, Action action) {
    try {
      action.run();
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      output.fail(e);
      return 1;
    }
  }

  private long timeoutNanos(String wait) {
    try {
      return TimeUnit.MILLISECONDS.toNanos(Settings.duration("--wait", wait));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.subcommands().get("drain"), e.getMessage());
    }
  }

  private static Status status() throws IOException {
    return ManagementClient.ofThisDirectory().get("/observe/status", Status.class);
  }

  private static Drained post(String action, String name, TokenOption token) throws IOException {
    return ManagementClient.ofThisDirectory()
        .post("/observe/" + action, "worker", name, token.read(), Drained.class);
  }

  private static String text(Drained done) {
    StringBuilder text = new StringBuilder(done.worker());
    text.append(done.drained() ? " is drained, " : " takes requests again, ");
    text.append(inFlight(done.inFlight())).append('\n');
    if (done.stillServes() != null) {
      text.append("but it still serves ")
          .append(String.join(", ", done.stillServes()))
          .append(": no other worker may\n");
    }
    return text.toString();
  }

  private static String inFlight(long count) {
    return count == 0 ? "idle" : count + " in flight";
  }

  private static void awaitIdle(Drained worker, long timeoutNanos) throws IOException {
    long begin = System.nanoTime();
    for (long left = inFlight(worker); left > 0; left = inFlight(worker)) {
      if (System.nanoTime() - begin > timeoutNanos) {
        throw new IOException(worker.worker() + " is not idle, " + inFlight(left));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static long inFlight(Drained drained) throws IOException {
    return status().groups().stream()
        .flatMap(group -> group.workers().stream())
        .filter(worker -> worker.server().equals(drained.server()))
        .mapToLong(worker -> worker.figures().inFlight())
        .max()
        .orElse(0);
  }

  /** What is drained and well is asked about for the drain. */
  private static String since(Status.OfWorker worker) {
    String drained = worker.drainedSince();
    return drained != null && worker.state().equals("up") ? drained : worker.since();
  }

  private static TextTable table(Status status) {
    TextTable table = new TextTable().row("group", "worker", "state", "since", "keys", "in flight");
    for (Status.OfGroup group : status.groups()) {
      for (Status.OfWorker worker : group.workers()) {
        table.row(
            group.name(),
            worker.name(),
            worker.state() + (worker.drained() ? ", drained" : ""),
            SINCE.format(Instant.parse(since(worker))),
            String.format(Locale.ROOT, "%.1f %%", 100 * worker.share()),
            Long.toString(worker.figures().inFlight()));
      }
    }
    return table;
  }
}
