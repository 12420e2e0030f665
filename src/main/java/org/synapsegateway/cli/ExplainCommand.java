// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.explain.Explainer;
import org.synapsegateway.explain.Explanation;
import org.synapsegateway.explain.ExplanationText;
import org.synapsegateway.explain.LoggedRequests;
import org.synapsegateway.explain.Traffic;
import org.synapsegateway.explain.TrafficText;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.Methods;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.process.Logging;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code explain}: which worker a request gets and why, without sending it. */
@Command(
    name = "explain",
    description =
        "Shows which route, key and worker a request gets, and why. Connects to nothing; run it in"
            + " the directory that has routes/ and config/.",
    customSynopsis = {
      "${COMMAND-FULL-NAME} METHOD TARGET [-H 'NAME: VALUE']...%n"
          + "           [--client ADDRESS] [--json]%n"
          + "       ${COMMAND-FULL-NAME} --from-log FILE [--json]"
    },
    mixinStandardHelpOptions = true)
public final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "METHOD", description = "for example GET")
  private @Nullable String method;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TARGET",
      description = "path and query, for example /_matrix/client/v3/sync?since=s1")
  private @Nullable String target;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "a header field; may be given again")
  private List<String> fields = new ArrayList<>();

  @Option(
      names = "--client",
      paramLabel = "ADDRESS",
      description = "the client's address; by default ${DEFAULT-VALUE}")
  private String client = "127.0.0.1";

  @Option(
      names = "--from-log",
      paramLabel = "FILE",
      description =
          "how the requests of an access log, nginx's or another that quotes request lines, would be"
              + " spread; .gz too, - for standard input")
  private @Nullable Path log;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    Logging.silence();
    if (log != null && method == null) {
      return explainLog(log);
    }
    if (log == null && method != null && target != null) {
      return explain(method, target);
    }
    throw new MissingParameterException(
        spec.commandLine(), List.of(), "Name METHOD and TARGET, or --from-log FILE");
  }

  private int explain(String method, String target) {
    if (!isOneLine(method + target + String.join("", fields)) || target.contains(" ")) {
      throw misused(
          "METHOD, TARGET and -H are one line each, and a target has no spaces: write %20");
    }
    if (fields.stream().anyMatch(field -> field.indexOf(':') < 1)) {
      throw misused("-H takes NAME: VALUE, for example -H 'Host: example.com'");
    }
    String capitals = method.toUpperCase(Locale.ROOT);
    if (!method.equals(capitals) && Methods.isKnown(capitals)) {
      throw misused("Methods are written in capitals; did you mean " + capitals + "?");
    }
    InetAddress peer = AddressSet.numeric(client);
    if (peer == null) {
      throw misused("--client takes an IP address, for example 203.0.113.7");
    }
    try {
      Explanation explanation =
          new Explainer(Map.of()).explain(Explainer.head(method, target, fields), peer);
      output.print(explanation, () -> ExplanationText.of(explanation));
      return 0;
    } catch (HttpException e) {
      output.fail(Fault.of(Code.BAD_ARGUMENT, "TARGET", Explainer.refusal(e)));
      return CommandLine.ExitCode.USAGE;
    } catch (RuntimeException e) {
      output.failToStart(e);
      return 1;
    }
  }

  private static boolean isOneLine(String text) {
    return text.chars().noneMatch(c -> c < ' ');
  }

  private int explainLog(Path log) {
    try (LoggedRequests lines = LoggedRequests.open(Callers.file(log));
        DryRun dryRun = DryRun.start()) {
      Traffic.Summary summary = Traffic.of(lines, dryRun);
      if (summary.requests() == 0) {
        output.fail(
            new Fault(
                Code.BAD_ARGUMENT,
                log.toString(),
                "--from-log",
                "the file has no request lines in quotes, as in \"GET / HTTP/1.1\"; name an access log"));
        return 1;
      }
      output.print(summary, () -> TrafficText.of(summary));
      return 0;
    } catch (IOException e) {
      output.fail(ReadableFile.fault(log, e));
    } catch (RuntimeException e) {
      output.failToStart(e);
    }
    return 1;
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
