package org.synapsegateway.worker;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who is let in to each worker, and which workers are drained, kept from one generation of routes
 * to the next. Safe for any thread.
 */
public final class Admissions {
  private final ConcurrentMap<String, Admission> byServer = new ConcurrentHashMap<>();

  Admission of(String server) {
    return byServer.computeIfAbsent(server, name -> new Admission());
  }
}
