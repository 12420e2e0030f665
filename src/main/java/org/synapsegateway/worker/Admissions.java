package org.synapsegateway.worker;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who is let in to each worker, kept from one generation of routes to the next. Safe for any
 * thread.
 */
public final class Admissions {
  private final ConcurrentMap<String, Admission> byServer = new ConcurrentHashMap<>();

  Admission of(String server) {
    return byServer.computeIfAbsent(server, name -> new Admission());
  }
}
