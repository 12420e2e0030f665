package org.synapsegateway.worker;

import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who is let in to each worker, and which workers are drained, kept from one generation of routes
 * to the next: by the worker's socket, wherever it stands in the routes. Safe for any thread.
 */
public final class Admissions {
  private final ConcurrentMap<Path, Admission> bySocket = new ConcurrentHashMap<>();

  Admission of(Path socket) {
    return bySocket.computeIfAbsent(socket.normalize(), path -> new Admission());
  }
}
