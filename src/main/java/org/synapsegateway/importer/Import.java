// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.config.RouteDirectories;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SiteReader;
import org.synapsegateway.importer.synapse.SynapseProcess;
import org.synapsegateway.settings.Setting;

/** An existing site as routes and settings. Immutable once it is made. */
public final class Import {
  private static final int PORT = Integer.parseInt(Setting.PORT.defaultValue());

  /** An entry of gateway.listen that a proxy can pass requests to. */
  private static final Pattern PLAIN =
      Pattern.compile("http://[^?]*:(\\d{1,5})(?!.*\\b(redirect|proxy-protocol)\\b).*");

  private final Site site;
  private final Assignment assignment;
  private final ProxyAddresses addresses;
  private final Migration migration;
  private final OptionalInt port;
  private final boolean plain;
  private final Path directory;
  private final SocketsToAdd sockets;

  private final List<String> besideListen = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, String> files = new LinkedHashMap<>();

  private Import(
      Site site,
      Assignment assignment,
      ProxyAddresses addresses,
      Migration migration,
      OptionalInt port,
      Path directory,
      boolean plain) {
    this.site = site;
    this.assignment = assignment;
    this.addresses = addresses;
    this.migration = migration;
    this.port = port;
    this.plain = plain;
    this.directory = directory;
    sockets = SocketsToAdd.of(site);
  }

  /**
   * Decides what each worker serves, and what the files say.
   *
   * @param paths Synapse's files and directories, as they are given to Synapse
   * @param directory where the files are to be; its import.answers counts, and its settings stay
   * @param proxy what the proxy does that serves the site
   * @param plain whether lines of workers go without the comment that tells their source
   * @throws ConfigurationException if a file is not right
   */
  public static Import of(List<Path> paths, Path directory, ExistingProxy proxy, boolean plain) {
    Site site = SiteReader.read(paths);
    Answers answers = Answers.read(directory.resolve(Answers.FILE));
    ProxyAddresses addresses = new ProxyAddresses(site, proxy.servers());
    Assignment assignment = Decision.of(site, answers, proxy, addresses);
    OptionalInt port = port(site, proxy, directory);
    Import made =
        new Import(
            site, assignment, addresses, proxy.migration(site, port), port, directory, plain);
    made.findings.addAll(site.findings());
    made.findings.addAll(made.migration.findings());
    made.findings.addAll(made.assignment.findings());
    made.write(answers.authentication());
    return made;
  }

  /**
   * The port that somebody has given the gateway; else one that neither a process of Synapse nor
   * the proxy has. Nothing if somebody's gateway.listen has none for a proxy's plain HTTP.
   */
  private static OptionalInt port(Site site, ExistingProxy proxy, Path directory) {
    SettingsText text = settings(directory, new ArrayList<>());
    Optional<String> listen = text.own(Setting.LISTEN);
    if (listen.isPresent()) {
      return Arrays.stream(listen.get().split("\\s+"))
          .map(PLAIN::matcher)
          .filter(Matcher::matches)
          .mapToInt(entry -> Integer.parseInt(entry.group(1)))
          .findFirst();
    }
    int port = PORT;
    while (site.hasPort(port) || proxy.ports().contains(port)) {
      port++;
    }
    return OptionalInt.of(
        text.own(Setting.PORT)
            .filter(own -> own.matches("\\d{1,5}"))
            .map(Integer::valueOf)
            .orElse(port));
  }

  /** Text by path below the directory of the gateway. */
  public Map<String, String> files() {
    return files;
  }

  public List<Finding> findings() {
    return findings;
  }

  /** Workers of which nothing says what they serve, as a question for each names them. */
  public Map<String, String> questions() {
    Map<String, String> questions = new LinkedHashMap<>();
    assignment
        .questions()
        .forEach(
            worker -> questions.put(worker.name(), worker.described() + " of " + worker.place()));
    return questions;
  }

  /** Names of workers by the id of their group; without the groups that have none. */
  public Map<String, List<String>> workers() {
    Map<String, List<String>> workers = new LinkedHashMap<>();
    for (RouteGroup group : RouteGroup.values()) {
      List<String> names =
          assignment.reachable(group).stream().map(member -> member.worker().name()).toList();
      if (!names.isEmpty()) {
        workers.put(group.id(), names);
      }
    }
    return workers;
  }

  /** Whether there is anything that somebody should look at. */
  public boolean isClean() {
    return findings.stream().noneMatch(Finding::wanting);
  }

  Site site() {
    return site;
  }

  Assignment assignment() {
    return assignment;
  }

  /** Whether each of a proxy's addresses is that of a process of Synapse. */
  boolean knows(List<String> servers) {
    return servers.stream().allMatch(server -> addresses.process(server).isPresent());
  }

  /** Where the gateway listens for the proxy. */
  String where() {
    return port.isPresent() ? "on port " + port.getAsInt() : "where gateway.listen has it";
  }

  /** The keys of settings that contradict the {@code gateway.listen} of later. */
  List<String> besideListen() {
    return besideListen;
  }

  Migration migration() {
    return migration;
  }

  SocketsToAdd sockets() {
    return sockets;
  }

  // ---- files

  private void write(Optional<String> authentication) {
    WorkerLines lines = new WorkerLines(site, assignment, addresses, sockets, plain, findings);
    Map<String, RouteText> texts = new LinkedHashMap<>();
    Shipped.routes().forEach(name -> texts.put(name, new RouteText(Shipped.route(name))));
    for (RouteGroup group : RouteGroup.values()) {
      text(texts, group.file()).fill(group.id(), lines.of(group), lines.fallback(group));
    }
    text(texts, "main").fillMain(lines.main(questions().values()));
    authentication.ifPresentOrElse(
        server ->
            text(texts, "mas")
                .fill(
                    "mas",
                    List.of(lines.authentication(server, directory.resolve(Answers.FILE))),
                    null),
        this::findAuthentication);
    texts.forEach((name, text) -> files.put(Shipped.path(name), text.toString()));
    migration.routes().forEach((name, text) -> files.put(Shipped.path(name), text));
    files.put(SettingsText.PATH, settings());
    for (SynapseProcess process : sockets.processes()) {
      findings.add(
          Finding.problem(
              Code.TLS_LISTENER,
              process.place(),
              "%s listens with TLS only, and import writes lines for plain HTTP: add the listener %s (its lines are in %s), or write its line with tls=true"
                  .formatted(
                      process.isMain() ? "the main process" : process.name(),
                      sockets.server(process).substring("unix:".length()),
                      ImportReport.FILE)));
    }
    findOverridden();
    files.put(ImportReport.FILE, new ImportReport(this).toString());
  }

  /** An admin's own files that count instead of those that are written. */
  private void findOverridden() {
    for (String path : files.keySet()) {
      Path own = directory.resolve(RouteDirectories.OWN).resolve(Path.of(path).getFileName());
      if (path.startsWith("routes/") && Files.exists(own)) {
        findings.add(Finding.problem(Code.OVERRIDDEN_ROUTE, own, "counts instead of " + path));
      }
    }
  }

  private static RouteText text(Map<String, RouteText> texts, String name) {
    return Objects.requireNonNull(texts.get(name), name);
  }

  private void findAuthentication() {
    site.authenticationService()
        .ifPresent(
            place ->
                findings.add(
                    Finding.problem(
                        Code.NO_AUTHENTICATION_SOCKET,
                        place,
                        "logins, logouts and refreshes are the business of Matrix Authentication"
                            + " Service; tell its socket, or host:port: echo 'mas: /run/matrix-authentication-service/mas.sock' >> "
                            + Answers.FILE)));
  }

  private String settings() {
    SettingsText text = settings(directory, findings);
    boolean listens = text.own(Setting.LISTEN).isPresent();
    port.stream()
        .filter(it -> it != PORT && !listens)
        .forEach(it -> text.set(Setting.PORT, Integer.toString(it)));
    text.set(Setting.WORKERS_DIRECTORY, sockets.directory());
    boolean readers = !assignment.reachable(RouteGroup.CLIENT_READER).isEmpty();
    text.set(
        Setting.WHOAMI_WORKERS, "direct:" + (readers ? RouteGroup.CLIENT_READER.id() : "main"));
    migration.settings().forEach(text::set);
    if (migration.later().containsKey(Setting.LISTEN) && !listens) {
      Stream.of(Setting.HOST, Setting.PORT)
          .filter(setting -> text.own(setting).isPresent())
          .map(Setting::key)
          .forEach(besideListen::add);
    }
    text.removeLater(besideListen);
    migration.later().forEach(text::setLater);
    return text.toString();
  }

  private static SettingsText settings(Path directory, List<Finding> findings) {
    Path file = directory.resolve(SettingsText.PATH);
    return new SettingsText(file, textOf(file), findings);
  }

  private static String textOf(Path file) {
    try {
      return Files.exists(file) ? new String(ReadableFile.bytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw ConfigurationException.of(ReadableFile.fault(file, e));
    }
  }
}
