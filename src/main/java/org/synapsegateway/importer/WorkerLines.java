// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.importer.Assignment.Member;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.Listener;
import org.synapsegateway.importer.synapse.Need;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SynapseProcess;
import org.synapsegateway.settings.Setting;

/** The lines of routes that name the workers of each group. Confined to one thread. */
final class WorkerLines {
  private static final String TODO = "# TODO import: ";

  /** How long requests wait for a main process that restarts. */
  private static final String MAIN_HOLD = "?hold=30s&";

  private final Site site;
  private final Assignment assignment;
  private final ProxyAddresses addresses;
  private final SocketsToAdd sockets;
  private final boolean plain;
  private final List<Finding> findings;

  /** Listeners that do not believe who the client is, as far as they have been told. */
  private final Set<Listener> nameless = new HashSet<>();

  /**
   * @param sockets takes those that are missing
   * @param plain whether lines go without the comment that tells their source
   * @param findings takes what an admin should know
   */
  WorkerLines(
      Site site,
      Assignment assignment,
      ProxyAddresses addresses,
      SocketsToAdd sockets,
      boolean plain,
      List<Finding> findings) {
    this.site = site;
    this.assignment = assignment;
    this.addresses = addresses;
    this.sockets = sockets;
    this.plain = plain;
    this.findings = findings;
  }

  /** With the setting's name in place of the directory, as the shipped routes have it. */
  private String uri(String server) {
    String prefix = "unix:" + sockets.directory() + "/";
    boolean inside = server.startsWith(prefix) && server.indexOf('/', prefix.length()) < 0;
    return "worker:"
        + (inside
            ? "unix:{{"
                + Setting.WORKERS_DIRECTORY.key()
                + "}}/"
                + server.substring(prefix.length())
            : server);
  }

  /**
   * The line of Matrix Authentication Service.
   *
   * @param source the file that names it
   */
  String authentication(String server, Path source) {
    return "- to: " + uri(server) + "?hold=10s" + (plain ? "" : "  # " + source + " (answer)");
  }

  /** The lines of a group. */
  List<String> of(RouteGroup group) {
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

  /** The client reader is the fallback of reads that have no workers of their own. */
  @Nullable String fallback(RouteGroup group) {
    return RouteGroup.READS.contains(group)
            && assignment.of(group).isEmpty()
            && !assignment.reachable(RouteGroup.CLIENT_READER).isEmpty()
        ? RouteGroup.CLIENT_READER.id()
        : null;
  }

  /**
   * The lines of the main process.
   *
   * @param questions workers of which nothing says what they serve
   */
  List<String> main(Collection<String> questions) {
    List<String> lines = new ArrayList<>();
    for (String question : questions) {
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
              Code.NO_MAIN_LISTENER,
              site.main().place(),
              "the main process has no listener for client and federation"));
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
              Code.NO_FORWARDED_ADDRESS,
              listener.place(),
              "has no x_forwarded: true, so all clients would have one address: add it"));
    }
    // in the proxy's words, as the ring is made from them
    return addresses
        .text(listener)
        .map(text -> text.startsWith("unix:") ? text : "tcp:" + text)
        .orElseGet(() -> listener.server(site.host(process).orElse("127.0.0.1")));
  }
}
