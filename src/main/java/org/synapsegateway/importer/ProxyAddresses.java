// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.synapsegateway.importer.synapse.Listener;
import org.synapsegateway.importer.synapse.Site;
import org.synapsegateway.importer.synapse.SynapseProcess;

/**
 * Which process of Synapse an address of a proxy's names. A socket is known by its path, a port by
 * its number and, where several processes have that number, by the host.
 */
final class ProxyAddresses {
  private final Site site;
  private final List<Owned> all = new ArrayList<>();
  private final Map<Listener, String> texts = new HashMap<>();

  /** A listener and whose it is. */
  private record Owned(SynapseProcess process, Listener listener) {}

  /**
   * @param servers the addresses, as the proxy writes them
   */
  ProxyAddresses(Site site, Collection<String> servers) {
    this.site = site;
    site.main().listeners().forEach(each -> all.add(new Owned(site.main(), each)));
    for (SynapseProcess worker : site.workers()) {
      worker.listeners().forEach(each -> all.add(new Owned(worker, each)));
    }
    for (String server : servers) {
      find(server).ifPresent(found -> texts.putIfAbsent(found.listener, server));
    }
  }

  private Optional<Owned> find(String server) {
    if (server.startsWith("unix:")) {
      String path = path(server.substring("unix:".length()));
      return all.stream()
          .filter(each -> each.listener.path() != null && path(each.listener.path()).equals(path))
          .findFirst();
    }
    String port = server.substring(server.lastIndexOf(':') + 1);
    String host = server.substring(0, Math.max(0, server.lastIndexOf(':')));
    List<Owned> same =
        all.stream()
            .filter(
                each ->
                    each.listener.addresses().stream()
                        .anyMatch(address -> address.endsWith(":" + port)))
            .toList();
    return same.size() == 1
        ? same.stream().findFirst()
        : same.stream().filter(each -> isAt(each, host, server)).findFirst();
  }

  private boolean isAt(Owned each, String host, String server) {
    return each.listener.addresses().contains(server)
        || site.host(each.process).filter(host::equals).isPresent()
        || plain(host).equals(plain(each.process.isMain() ? "main" : each.process.name()))
        || plain(host).equals("synapse" + plain(each.process.name()));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  private static String path(String path) {
    return path.replaceFirst("^/var/run/", "/run/");
  }

  /** Whose address it is; nothing if it is not Synapse's, or that of several processes. */
  Optional<SynapseProcess> process(String server) {
    List<SynapseProcess> all = processes(server);
    return all.size() == 1 ? all.stream().findFirst() : Optional.empty();
  }

  /** Whose address it is: of several processes if it is the name of a service that they are in. */
  List<SynapseProcess> processes(String server) {
    String host = server.replaceFirst("^_[^.]+\\._(tcp|udp)\\.", "").replaceFirst(":\\d+$", "");
    Set<SynapseProcess> there = new LinkedHashSet<>();
    all.stream()
        .map(Owned::process)
        .filter(process -> site.host(process).filter(own -> isIn(own, host)).isPresent())
        .forEach(there::add);
    return there.isEmpty() || server.startsWith("unix:")
        ? find(server).map(Owned::process).stream().toList()
        : List.copyOf(there);
  }

  /**
   * Whether a host is one of a service's, which Kubernetes names {@code pod.service.namespace..}.
   */
  private static boolean isIn(String host, String service) {
    return host.endsWith("." + service) || service.contains(".svc.") && host.equals(service);
  }

  /** What the proxy calls a listener, from which it makes its hash ring. */
  Optional<String> text(Listener listener) {
    return Optional.ofNullable(texts.get(listener))
        .filter(text -> text.matches("unix:" + Listener.PATH + "|([\\w.-]+|\\[[\\da-f:]+]):\\d+"));
  }
}
