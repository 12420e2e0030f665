// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * All destinations that requests have had since the process started, numbered.
 *
 * <p>They are as many as the routes have, of all generations, so what is kept of each is bounded.
 * Safe for any thread.
 */
public final class Destinations {
  /** Of what reached no worker, or no group even. */
  public static final String NOWHERE = "none";

  private static final String SUFFIX = ".sock";
  private static final String TCP = "tcp:";

  private final Map<String, Map<String, Destination>> byGroup = new HashMap<>();
  private final Map<String, String> serverByName = new HashMap<>();
  private final List<Destination> all = new CopyOnWriteArrayList<>();
  private final Destination nowhere = of(NOWHERE, NOWHERE);

  /** The destination of requests that reached no worker. */
  public Destination nowhere() {
    return nowhere;
  }

  /**
   * The destination of a group's requests to a worker.
   *
   * @param server the worker as its URI names it, {@code
   *     unix:/run/matrix-synapse/inbound_main.sock} or {@code tcp:host:port}
   */
  public synchronized Destination of(String group, String server) {
    return byGroup
        .computeIfAbsent(group, first -> new HashMap<>())
        .computeIfAbsent(server, first -> add(group, server));
  }

  private Destination add(String group, String server) {
    Destination added = new Destination(group, nameOf(server), all.size());
    all.add(added);
    return added;
  }

  /**
   * The name of the socket without its directory, or of the host without its domain, unless another
   * one has the same.
   */
  public synchronized String nameOf(String server) {
    String name = server.startsWith(TCP) ? host(server.substring(TCP.length())) : file(server);
    return serverByName.computeIfAbsent(name, free -> server).equals(server) ? name : server;
  }

  private static String file(String server) {
    String file = server.substring(server.lastIndexOf('/') + 1);
    return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
  }

  /** An address has no domain, and many may listen on this host. */
  private static String host(String place) {
    String label = place.replaceFirst("[.:].*", "");
    return place.startsWith("[") || label.equals("localhost") || label.matches("\\d+")
        ? place
        : label;
  }

  /** All of them, by number. */
  public List<Destination> all() {
    return all;
  }
}
