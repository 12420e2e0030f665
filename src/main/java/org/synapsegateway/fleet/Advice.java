// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import org.synapsegateway.worker.WorkerSocket;

/**
 * What is wrong with a worker, and what an admin does about it, in words.
 *
 * @param why what has happened
 * @param todo the next step
 */
public record Advice(String why, String todo) {
  /** Of a worker that is not well. */
  static Advice of(WorkerSocket socket) {
    return switch (socket.state()) {
      case MISSING ->
          new Advice(
              "there is no socket: the worker does not run, or listens elsewhere",
              "start the worker; if it runs, compare the path in its listener with this one");
      case NOT_A_SOCKET ->
          new Advice("what stands there is no socket", "remove it and start the worker");
      case NO_ADDRESS ->
          new Advice(
              "its host has no known address: " + socket.detail(),
              "compare the host's name in the routes with DNS; the gateway keeps asking");
      case SILENT ->
          new Advice(
              "its host does not answer: it is down, or something drops what is sent to it",
              "look after the host, the network and its firewalls");
      case REFUSES -> ofRefusal(socket.detail());
      case BUSY ->
          new Advice(
              "it takes connections too slowly: its backlog is full",
              "if that stays, the worker hangs or has too much to do: restart it, or add another");
      case LISTENS, HEALTHY, UNHEALTHY -> ofHealth(socket.detail());
    };
  }

  /** Whether what was found is in it, word for word. */
  boolean tells(String detail) {
    return why.contains(detail) || todo.contains(detail);
  }

  private static Advice ofRefusal(String detail) {
    return detail.contains("Connection refused")
        ? new Advice(
            "no process listens there: the worker's process has ended",
            "start the worker; its own log says why it ended")
        : new Advice("the gateway cannot reach it", "give it the right to: " + detail);
  }

  /** What helps a worker that does not answer {@code /health} well. */
  static Advice ofHealth(String detail) {
    return new Advice(
        "it takes connections, but " + detail, "it still gets requests: drain it, then restart it");
  }
}
