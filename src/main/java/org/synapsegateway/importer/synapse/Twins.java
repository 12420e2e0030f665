// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.synapsegateway.fault.Code;

/** Workers that have one name, and listeners that have one socket or one port of a machine. */
final class Twins {
  private final Site site;
  private final List<Finding> findings = new ArrayList<>();

  private Twins(Site site) {
    this.site = site;
  }

  static List<Finding> of(Site site) {
    return new Twins(site).find();
  }

  private List<Finding> find() {
    Map<String, SynapseProcess> names = new HashMap<>();
    Map<String, Listener> sockets = new HashMap<>();
    List<SynapseProcess> all = new ArrayList<>(List.of(site.main()));
    all.addAll(site.workers());
    for (SynapseProcess process : all) {
      SynapseProcess twin = names.putIfAbsent(process.name(), process);
      if (twin != null) {
        findings.add(
            Finding.problem(
                Code.DUPLICATE_WORKER_NAME,
                process.place(),
                "is called " + process.name() + " as is the worker of " + twin.place()));
      }
      for (Listener listener : process.listeners()) {
        if (listener.path() == null && !listener.isOpen()) {
          continue; // nobody outside of Synapse asks there
        }
        String server = listener.server(site.host(process).orElse("127.0.0.1"));
        Listener same = sockets.putIfAbsent(server, listener);
        if (same != null) {
          findings.add(
              Finding.problem(
                  Code.DUPLICATE_SOCKET,
                  listener.place(),
                  server.replaceFirst("^(tcp|unix):", "")
                      + (listener.path() == null ? " is the address of " : " is the socket of ")
                      + same.place()
                      + " too"));
        }
      }
    }
    return findings;
  }
}
