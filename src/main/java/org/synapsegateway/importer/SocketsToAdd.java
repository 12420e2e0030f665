package org.synapsegateway.importer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.synapsegateway.importer.synapse.Listener;
import org.synapsegateway.importer.synapse.SynapseProcess;

/**
 * The listeners that processes of Synapse want which listen with TLS only: a UNIX socket for the
 * same requests, beside the listener that they have.
 */
final class SocketsToAdd {
  private final String directory;
  private final Map<SynapseProcess, Set<String>> resources = new LinkedHashMap<>();

  SocketsToAdd(String directory) {
    this.directory = directory;
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
