// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.synapsegateway.fault.Code;

/** Workers that have one name, and listeners that have one socket or one port of a machine. */
final class Twins {
  /**
   * A listener at an address.
   *
   * @param known whether it is known whose machine's address it is
   */
  private record Address(Listener listener, boolean known) {}

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
    Map<String, Address> addresses = new HashMap<>();
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
        boolean known = !listener.isOnAll() || site.host(process).isPresent();
        Address same = addresses.putIfAbsent(server, new Address(listener, known));
        if (same != null) {
          findings.add(
              known && same.known ? shared(server, listener, same) : unclear(listener, same));
        }
      }
    }
    return findings;
  }

  private static Finding shared(String server, Listener listener, Address same) {
    return Finding.problem(
        Code.DUPLICATE_SOCKET,
        listener.place(),
        server.replaceFirst("^(tcp|unix):", "")
            + (listener.path() == null ? " is the address of " : " is the socket of ")
            + same.listener.place()
            + " too");
  }

  private static Finding unclear(Listener listener, Address same) {
    return Finding.note(
        Code.DUPLICATE_SOCKET,
        listener.place(),
        "has the port of "
            + same.listener.place()
            + ", and nothing says where they run: give instance_map or the Compose file");
  }
}
