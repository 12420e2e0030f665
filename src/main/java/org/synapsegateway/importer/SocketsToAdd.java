// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.synapsegateway.importer.synapse.Listener;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SynapseProcess;
import org.synapsegateway.settings.Setting;

/**
 * The listeners that processes of Synapse want which listen with TLS only: a UNIX socket for the
 * same requests, beside the listener that they have.
 */
final class SocketsToAdd {
  private final String directory;
  private final Map<SynapseProcess, Set<String>> resources = new LinkedHashMap<>();

  private SocketsToAdd(String directory) {
    this.directory = directory;
  }

  /** None yet. */
  static SocketsToAdd of(Site site) {
    return new SocketsToAdd(directory(site));
  }

  /** Where the site's sockets are. */
  String directory() {
    return directory;
  }

  /** The directory of most sockets; the shipped one if there are none. */
  private static String directory(Site site) {
    Map<String, Long> count =
        Stream.concat(Stream.of(site.main()), site.workers().stream())
            .filter(SynapseProcess::isAsked)
            .flatMap(process -> process.listeners().stream())
            .map(Listener::path)
            .filter(path -> path != null && path.lastIndexOf('/') > 0)
            .map(path -> path.substring(0, path.lastIndexOf('/')))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return count.entrySet().stream()
        .max(
            Map.Entry.<String, Long>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElse(Setting.WORKERS_DIRECTORY.defaultValue());
  }

  /** Notes that a process should serve on a socket what it serves here. */
  void add(SynapseProcess process, Listener listener) {
    resources.computeIfAbsent(process, key -> new TreeSet<>()).addAll(listener.resources());
  }

  /** Where it is to listen. */
  String server(SynapseProcess process) {
    String name = process.isMain() ? "main" : process.name().replaceAll("[^A-Za-z0-9_-]", "_");
    return "unix:" + directory + "/inbound_" + name + ".sock";
  }

  boolean isEmpty() {
    return resources.isEmpty();
  }

  Set<SynapseProcess> processes() {
    return resources.keySet();
  }

  /** The lines for its file, to be put below {@code worker_listeners:} or {@code listeners:}. */
  String lines(SynapseProcess process) {
    Set<String> names = new TreeSet<>(resources.get(process));
    names.retainAll(Set.of("client", "federation", "media", "keys", "openid", "static", "consent"));
    return """
          - path: %s
            mode: 0660
            type: http
            resources:
              - names: [%s]
        """
        .formatted(server(process).substring("unix:".length()), String.join(", ", names));
  }
}
