// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.explain.TextTable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.importer.Answers;
import org.synapsegateway.importer.ExistingProxy;
import org.synapsegateway.importer.HaproxyProxy;
import org.synapsegateway.importer.Import;
import org.synapsegateway.importer.LineDiff;
import org.synapsegateway.importer.NginxProxy;
import org.synapsegateway.importer.Questions;
import org.synapsegateway.importer.Target;
import org.synapsegateway.importer.haproxy.Site;
import org.synapsegateway.importer.synapse.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The command {@code import}: writes routes and settings for a Synapse whose configuration it
 * reads.
 */
@Command(
    name = "import",
    description =
        "Reads Synapse's configuration, decides which requests each worker serves, and writes"
            + " routes/, config/ and a report. Writes no file that somebody has edited. With --compare:"
            + " writes nothing, and tells what an nginx decides otherwise than the routes of this"
            + " directory.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:the files are written, and there is nothing to do; or nginx decides as the routes do",
      "1:nothing is written: a file of Synapse's is not right, or one would be lost that somebody"
          + " has edited",
      "2:a command line that makes no sense",
      "3:the files are written, and the report says what is to do; or there are differences to look"
          + " at"
    },
    mixinStandardHelpOptions = true)
public final class ImportCommand implements Callable<Integer> {
  private static final int TO_DO = 3;

  private static final int MAX_PLACES = 4;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "Synapse's homeserver.yaml, then the files of its workers; a directory counts for its"
              + " *.yaml, a file of supervisor or systemd for those that its commands name; and the"
              + " nginx.conf, output of nginx -T, or haproxy.cfg of the proxy that serves it now")
  private List<Path> paths = List.of();

  @Option(
      names = "--to",
      paramLabel = "DIRECTORY",
      description = "where to write; by default the working directory")
  private Path directory = Path.of("");

  @Option(names = "--plain", description = "write no comments that name the source of each worker")
  private boolean plain;

  @Option(
      names = "--faithful",
      description =
          "with nginx.conf: write routes that decide as nginx does, and not the shipped ones")
  private boolean faithful;

  @Option(
      names = "--ask",
      description =
          "ask which group a worker serves of which nothing says it; keep the answers in "
              + Answers.FILE)
  private boolean ask;

  @Option(names = "--dry-run", description = "write nothing, and print what would change")
  private boolean dryRun;

  @Option(
      names = "--force",
      description = "replace files that somebody has edited too; they are kept as *.before-import")
  private boolean force;

  @Mixin private Comparing comparing = new Comparing();

  @Mixin private Output output = new Output();

  @Spec private CommandSpec spec;

  /**
   * All that is told.
   *
   * @param workers names by the id of their group
   * @param toDo what somebody should do
   * @param toKnow what else has been found
   * @param written paths of the files that have changed
   */
  private record Told(
      Map<String, List<String>> workers,
      List<String> toDo,
      List<String> toKnow,
      List<String> written) {}

  @Override
  public Integer call() {
    Optional<Path> compared = comparing.configuration();
    if (compared.isPresent()) {
      return comparing.run(compared.get(), output);
    }
    if (paths.isEmpty()) {
      throw new MissingParameterException(
          spec.commandLine(),
          List.of(),
          "Name Synapse's homeserver.yaml, or what to compare the routes with: --compare NGINX.CONF");
    }
    try {
      List<Path> files = paths.stream().filter(file -> !isProxys(file)).toList();
      ExistingProxy proxy = proxy(paths.stream().filter(ImportCommand::isProxys).toList());
      Import made = Import.of(files, directory, proxy, plain);
      if (ask && !made.questions().isEmpty()) {
        ask(made, directory.resolve(Answers.FILE));
        made = Import.of(files, directory, proxy, plain);
      }
      return write(made);
    } catch (ConfigurationException e) {
      output.fail(e);
    } catch (IOException e) {
      output.fail(
          new Fault(
              Code.CANNOT_WRITE,
              directory.toString(),
              directory.toString(),
              "the files cannot be written: " + ReadableFile.why(e)));
    }
    return 1;
  }

  private static boolean isProxys(Path file) {
    return NginxProxy.isConfiguration(file) || Site.isConfiguration(file);
  }

  private ExistingProxy proxy(List<Path> files) {
    boolean haproxy = files.stream().anyMatch(Site::isConfiguration);
    if (faithful && (files.isEmpty() || haproxy)) {
      throw new MissingParameterException(
          spec.commandLine(), List.of(), "--faithful wants the nginx.conf to be faithful to");
    }
    if (files.size() > 1) {
      throw ConfigurationException.of(
          new Fault(
              Code.BAD_ARGUMENT,
              files.get(1).toString(),
              files.get(1).toString(),
              "several files of proxies; give one: nginx.conf, which includes the others, the output of"
                  + " nginx -T, or haproxy.cfg"));
    }
    return haproxy
        ? HaproxyProxy.read(files.get(0))
        : files.isEmpty() ? ExistingProxy.NONE : NginxProxy.read(files.get(0), faithful);
  }

  /** Answers are read until there are no more; what has none stays a question. */
  private static void ask(Import made, Path answers) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    new Questions(in, System.err::print).ask(made.questions(), answers);
  }

  private int write(Import made) throws IOException {
    Target target = new Target(directory);
    List<String> edited = target.edited(made.files());
    if (!edited.isEmpty() && !force && !dryRun) {
      output.fail(edited.stream().map(this::edited).toList());
      return 1;
    }
    Map<String, String> changed = target.changed(made.files());
    if (dryRun) {
      changed.forEach((path, before) -> show(path, before, made.files().getOrDefault(path, "")));
    } else {
      target.write(made.files());
    }
    Told told =
        new Told(
            made.workers(),
            texts(made.findings(), true),
            texts(made.findings(), false),
            dryRun ? List.of() : List.copyOf(changed.keySet()));
    output.print(told, () -> text(told, made.findings()));
    return told.toDo.isEmpty() ? 0 : TO_DO;
  }

  private Fault edited(String path) {
    return new Fault(
        Code.EDITED_FILE,
        directory.resolve(path).toString(),
        path,
        "somebody has edited the file, so nothing is written; --dry-run shows what would"
            + " change, --force keeps it as %s.before-import".formatted(path));
  }

  private void show(String path, String before, String after) {
    output.progress("%s%n".formatted(directory.resolve(path)));
    LineDiff.of(before, after).forEach(line -> output.progress(line + "\n"));
    output.progress("\n");
  }

  /** One line a text; the report has the places that are left out. */
  private static void lines(
      String title, List<Finding> findings, boolean wanting, StringBuilder text) {
    Finding.byText(findings, wanting)
        .forEach(
            (said, places) -> {
              int left = places.size() - MAX_PLACES;
              text.append(
                  "\n%s: %s%s: %s"
                      .formatted(
                          title,
                          String.join(", ", places.subList(0, Math.min(places.size(), MAX_PLACES))),
                          left > 0 ? " and " + left + " more" : "",
                          said));
            });
  }

  private static List<String> texts(List<Finding> findings, boolean wanting) {
    return findings.stream()
        .filter(finding -> finding.wanting() == wanting)
        .map(Finding::toString)
        .distinct()
        .toList();
  }

  private String text(Told told, List<Finding> findings) {
    TextTable table = new TextTable();
    if (!told.workers.isEmpty()) {
      table.row("group", "workers");
    }
    told.workers.forEach((group, workers) -> table.row(group, String.join(" ", workers)));
    StringBuilder text = new StringBuilder(table.toString());
    lines("to do", findings, true, text);
    lines("to know", findings, false, text);
    text.append(told.toDo.isEmpty() && told.toKnow.isEmpty() ? "\n" : "\n\n");
    if (!dryRun) {
      text.append(
          told.written.isEmpty()
              ? "nothing has changed\n"
              : "%d files written; read %s, then: gateway check%n"
                  .formatted(told.written.size(), directory.resolve("import-report.md")));
    }
    return text.toString();
  }
}
