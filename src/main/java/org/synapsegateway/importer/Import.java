// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.importer.Assignment.Member;
import org.synapsegateway.importer.synapse.BadInputException;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Listener;
import org.synapsegateway.importer.synapse.Need;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SiteReader;
import org.synapsegateway.importer.synapse.SynapseProcess;
import org.synapsegateway.settings.Setting;

/** An existing site as routes and settings. Immutable once it is made. */
public final class Import {
  private static final String TODO = "# TODO import: ";

  /** How long requests wait for a main process that restarts. */
  private static final String MAIN_HOLD = "?hold=30s&";

  private final Site site;
  private final Assignment assignment;
  private final ProxyAddresses addresses;
  private final Takeover takeover;
  private final boolean plain;
  private final Path directory;
  private final String workersDirectory;
  private final SocketsToAdd sockets;

  /** Listeners that do not believe who the client is, as far as they have been told. */
  private final Set<Listener> nameless = new HashSet<>();

  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, String> files = new LinkedHashMap<>();

  private Import(
      Site site,
      Assignment assignment,
      ProxyAddresses addresses,
      Takeover takeover,
      Path directory,
      boolean plain) {
    this.site = site;
    this.assignment = assignment;
    this.addresses = addresses;
    this.takeover = takeover;
    this.plain = plain;
    this.directory = directory;
    workersDirectory = SocketsToAdd.directory(site);
    sockets = new SocketsToAdd(workersDirectory);
  }

  /**
   * Decides what each worker serves, and what the files say.
   *
   * @param paths Synapse's files and directories, as they are given to Synapse
   * @param directory where the files are to be; its import.answers counts, and its settings stay
   * @param preference what the proxy does that serves the site
   * @param plain whether lines of workers go without the comment that tells their source
   * @throws BadInputException if a file is not right
   */
  public static Import of(List<Path> paths, Path directory, Preference preference, boolean plain) {
    Site site = SiteReader.read(paths);
    Answers answers = Answers.read(directory.resolve(Answers.FILE));
    ProxyAddresses addresses = new ProxyAddresses(site, preference.servers());
    Assignment assignment = Decision.of(site, answers, preference, addresses);
    Import made =
        new Import(site, assignment, addresses, preference.takeover(site), directory, plain);
    made.findings.addAll(site.findings());
    made.findings.addAll(made.takeover.findings());
    made.findings.addAll(made.assignment.findings());
    made.write(answers.authenticationSocket());
    return made;
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

  Takeover takeover() {
    return takeover;
  }

  SocketsToAdd sockets() {
    return sockets;
  }

  // ---- sockets

  /** With the setting's name in place of the directory, as the shipped routes have it. */
  private String uri(String server) {
    String prefix = "unix:" + workersDirectory + "/";
    boolean inside = server.startsWith(prefix) && server.indexOf('/', prefix.length()) < 0;
    return "worker:"
        + (inside
            ? "unix:{{"
                + Setting.WORKERS_DIRECTORY.key()
                + "}}/"
                + server.substring(prefix.length())
            : server);
  }

  // ---- files

  private void write(Optional<String> authenticationSocket) {
    Map<String, RouteText> texts = new LinkedHashMap<>();
    Shipped.routes().forEach(name -> texts.put(name, new RouteText(Shipped.route(name))));
    for (RouteGroup group : RouteGroup.values()) {
      texts.get(group.file()).fill(group.id(), lines(group), standIn(group));
    }
    texts.get("main").fillMain(mainLines());
    authenticationSocket.ifPresentOrElse(
        socket -> texts.get("mas").fill("mas", List.of(masLine(socket)), null),
        this::findAuthentication);
    texts.forEach((name, text) -> files.put(Shipped.path(name), text.toString()));
    takeover.routes().forEach((name, text) -> files.put(Shipped.path(name), text));
    files.put(SettingsText.PATH, settings());
    for (SynapseProcess process : sockets.processes()) {
      findings.add(
          Finding.problem(
              process.place(),
              "%s listens with TLS only, which the gateway does not speak to workers: add the listener %s (its lines are in %s)"
                  .formatted(
                      process.isMain() ? "the main process" : process.name(),
                      sockets.server(process).substring("unix:".length()),
                      ImportReport.FILE)));
    }
    files.put(ImportReport.FILE, new ImportReport(this).toString());
  }

  private String masLine(String socket) {
    return "- to: "
        + uri("unix:" + socket)
        + "?hold=10s"
        + (plain ? "" : "  # " + directory.resolve(Answers.FILE) + " (answer)");
  }

  private void findAuthentication() {
    site.authenticationService()
        .ifPresent(
            place ->
                findings.add(
                    Finding.problem(
                        place,
                        "logins, logouts and refreshes are the business of Matrix Authentication"
                            + " Service; tell its socket: echo 'mas: /run/matrix-authentication-service/mas.sock' >> "
                            + Answers.FILE)));
  }

  private List<String> lines(RouteGroup group) {
    String options = group.options(assignment.reachable(group).size(), Size.text(site.uploadMax()));
    List<String> lines = new ArrayList<>();
    Set<String> servers = new HashSet<>(); // two workers on one socket are told, and one line
    for (Member member : assignment.of(group)) {
      if (member.isReachable()) {
        String server = server(member.worker(), member.listener());
        if (!servers.add(server)) {
          continue;
        }
        lines.add("- to: " + uri(server) + options + comment(member));
      } else {
        sockets.add(member.worker(), member.listener());
        lines.add(
            TODO
                + "%s listens with TLS only; with the listener of %s:"
                    .formatted(member.worker().name(), ImportReport.FILE));
        lines.add("# - to: " + uri(sockets.server(member.worker())) + options);
      }
    }
    return lines;
  }

  private String comment(Member member) {
    return plain ? "" : "  # %s (%s)".formatted(member.worker().place(), member.source());
  }

  /** The client reader stands in for reads that have no workers of their own. */
  private String standIn(RouteGroup group) {
    return RouteGroup.READS.contains(group)
            && assignment.of(group).isEmpty()
            && !assignment.reachable(RouteGroup.CLIENT_READER).isEmpty()
        ? RouteGroup.CLIENT_READER.id()
        : null;
  }

  private List<String> mainLines() {
    List<String> lines = new ArrayList<>();
    for (String question : questions().values()) {
      lines.add(TODO + question + ": which group?");
    }
    boolean media =
        assignment.reachable(RouteGroup.MEDIA).isEmpty() && site.main().mediaRepository();
    String options =
        MAIN_HOLD + (media ? "bodyMax=" + Size.text(site.uploadMax()) + "&" : "") + "headMax=16KiB";
    lines.add(
        "- to: "
            + uri(mainServer())
            + options
            + (plain ? "" : "  # " + site.main().place() + " (fact: the main process)"));
    return lines;
  }

  /** Where the main process listens, or should. */
  private String mainServer() {
    Optional<Listener> listener =
        site.main().listener(Need.CLIENT).or(() -> site.main().listener(Need.FEDERATION));
    if (listener.isEmpty()) {
      findings.add(
          Finding.problem(
              site.main().place(), "the main process has no listener for client and federation"));
      return sockets.server(site.main());
    }
    if (listener.get().isReachable()) {
      return server(site.main(), listener.get());
    }
    sockets.add(site.main(), listener.get());
    return sockets.server(site.main());
  }

  /** Where the gateway finds a listener; on this machine if nothing says where its process runs. */
  private String server(SynapseProcess process, Listener listener) {
    if (listener.path() == null && !listener.forwarded() && nameless.add(listener)) {
      findings.add(
          Finding.problem(
              listener.place(),
              "has no x_forwarded: true, so all clients would have one address: add it"));
    }
    // in the proxy's words, as the ring is made from them
    return addresses
        .text(listener)
        .map(text -> text.startsWith("unix:") ? text : "tcp:" + text)
        .orElseGet(() -> listener.server(site.host(process).orElse("127.0.0.1")));
  }

  private String settings() {
    Path file = directory.resolve(SettingsText.PATH);
    SettingsText text = new SettingsText(file, textOf(file), findings);
    text.set(Setting.WORKERS_DIRECTORY, workersDirectory);
    boolean readers = !assignment.reachable(RouteGroup.CLIENT_READER).isEmpty();
    text.set(
        Setting.WHOAMI_WORKERS, "direct:" + (readers ? RouteGroup.CLIENT_READER.id() : "main"));
    takeover.settings().forEach(text::set);
    takeover.later().forEach(text::setLater);
    return text.toString();
  }

  private static String textOf(Path file) {
    try {
      return Files.exists(file) ? new String(ReadableFile.bytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + ReadableFile.why(e));
    }
  }
}
