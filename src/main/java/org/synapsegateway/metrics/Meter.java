// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import java.util.List;

/**
 * Every meter of the gateway: its name, what it counts, and the tags that divide it.
 *
 * <p>This is the only list; a test compares docs/reference/metrics.md with it. Tags are groups,
 * workers and values of enums; none ever holds what a client sent.
 */
// the list of tags is one that cannot be changed
@SuppressWarnings("ImmutableEnumChecker")
public enum Meter {
  REQUESTS(
      "gateway.requests",
      Kind.COUNTER,
      "requests that have ended: group and worker they went to (none where it came to none), method"
          + " read or write, outcome 2xx to 5xx of a reply, or why the gateway ended it",
      "group",
      "worker",
      "method",
      "outcome"),
  FIRST_BYTE(
      "gateway.request.first.byte",
      Kind.HISTOGRAM,
      "seconds from a request's head to its reply's, long polls left out",
      "group",
      "worker"),
  LAST_BYTE(
      "gateway.request.last.byte",
      Kind.HISTOGRAM,
      "seconds from a request's head to the end of its reply, long polls left out",
      "group",
      "worker"),
  POLL_HELD(
      "gateway.poll.held",
      Kind.HISTOGRAM,
      "seconds that long polls were held, which is waiting for news and no latency",
      "group",
      "worker"),
  POLLS_HELD("gateway.polls.held", Kind.GAUGE, "long polls held now", "group", "worker"),
  WORKER_IN_FLIGHT(
      "gateway.worker.in.flight",
      Kind.GAUGE,
      "requests that a worker has now or that wait for it, long polls included",
      "group",
      "worker"),
  REQUESTS_IN_FLIGHT(
      "gateway.requests.in.flight",
      Kind.GAUGE,
      "requests under way, long polls and replies still being sent included"),
  BYTES(
      "gateway.bytes",
      Kind.COUNTER,
      "bytes of bodies, of requests or of replies",
      "group",
      "worker",
      "direction"),
  RETRIES(
      "gateway.retries",
      Kind.COUNTER,
      "requests that were sent on because this worker failed them",
      "group",
      "worker"),
  FALLBACKS(
      "gateway.fallbacks",
      Kind.COUNTER,
      "requests that went to the group's fallback because none of its workers was up",
      "group"),
  SPILLS(
      "gateway.spills",
      Kind.COUNTER,
      "requests that balanceFactor kept from their own worker",
      "group"),
  LOOP_BLOCKED(
      "gateway.loop.blocked",
      Kind.COUNTER,
      "times that a step blocked an event loop for half a second"),
  QUEUE_WAIT(
      "gateway.queue.wait",
      Kind.SUMMARY,
      "requests that waited for their turn at a worker with maxInFlight, and for how many seconds",
      "group",
      "worker"),
  TIMEOUTS(
      "gateway.timeouts",
      Kind.COUNTER,
      "requests that a timeout of client or worker ended",
      "waited_for"),
  REFUSALS(
      "gateway.refusals",
      Kind.COUNTER,
      "requests that the gateway answered itself, or whose reply it broke off",
      "reason"),
  UNRECOGNIZED(
      "gateway.unrecognized",
      Kind.COUNTER,
      "replies M_UNRECOGNIZED of workers, plain, gzip or deflate: a sign that requests go to the wrong ones",
      "group"),
  KEYS("gateway.keys", Kind.COUNTER, "requests by what they were balanced by", "group", "kind"),
  WORKER_USERS(
      "gateway.worker.users",
      Kind.GAUGE,
      "users whose requests a worker got in the last hour or two, within 5 %",
      "group",
      "worker"),
  WORKER_USER_SHARE(
      "gateway.worker.user.share",
      Kind.GAUGE,
      "its part of the group's users, from 0 to 1: how even the ring is",
      "group",
      "worker"),
  WHOAMI(
      "gateway.whoami",
      Kind.COUNTER,
      "tokens whose user had to be known: known from before (hit), asked about (asked), already"
          + " being asked about (joined), not asked about as too many were (skipped) or"
          + " the limit was reached (limited), read in a reply to the client (learned)",
      "result"),
  CLIENT_CONNECTIONS(
      "gateway.client.connections", Kind.GAUGE, "connections of clients that are open"),
  CLIENT_CONNECTIONS_IDLE(
      "gateway.client.connections.idle", Kind.GAUGE, "those of them that wait for a request"),
  CLIENT_CONNECTION_USES(
      "gateway.client.connection.uses",
      Kind.COUNTER,
      "requests by whether they came over a new connection or over one kept from another request",
      "connection"),
  CLIENT_PROTOCOLS(
      "gateway.client.protocols",
      Kind.COUNTER,
      "requests by the version of HTTP that the client speaks: 1 or 2",
      "version"),
  CLIENT_CONNECTIONS_REFUSED(
      "gateway.client.connections.refused",
      Kind.COUNTER,
      "connections over gateway.connections-max (overloaded) or gateway.connections-per-client-max"
          + " (too_many_requests)",
      "reason"),
  TLS_HANDSHAKES(
      "gateway.tls.handshakes",
      Kind.COUNTER,
      "handshakes that succeeded, by version, and whether the client came with a ticket (resumed) or"
          + " not (full)",
      "version",
      "kind"),
  TLS_HANDSHAKES_FAILED(
      "gateway.tls.handshakes.failed",
      Kind.COUNTER,
      "handshakes that came to nothing: the client sent plain HTTP or the like (not_tls), speaks old"
          + " versions only (version), has no cipher, group or signature in common (nothing_shared),"
          + " does not take the certificate (certificate_refused), went away (closed), did not end in"
          + " time (timeout)",
      "reason"),
  CERTIFICATE_EXPIRES(
      "gateway.certificate.expires.seconds",
      Kind.GAUGE,
      "seconds until a certificate that is served expires, by its first name and its file",
      "certificate",
      "file"),
  CERTIFICATES_REFUSED(
      "gateway.certificates.refused",
      Kind.GAUGE,
      "certificates whose newest files cannot be used, so that those before are served"),
  LISTENER_CONNECTIONS(
      "gateway.listener.connections",
      Kind.COUNTER,
      "connections by listener, as gateway.listen has it, and result: served, or closed"
          + " because who connects may send no PROXY protocol (untrusted), or no header of it came"
          + " (no_header)",
      "listener",
      "result"),
  CLIENTS_UNKNOWN(
      "gateway.clients.unknown",
      Kind.COUNTER,
      "requests whose client is not known for sure: a trusted proxy sends nothing that says who it is"
          + " (missing) or nothing that can be read (unreadable), or a private address forwards"
          + " requests and is no trusted proxy (untrusted), or is named by one and forwards itself"
          + " (relayed)",
      "naming"),
  MIRRORED(
      "gateway.mirrored",
      Kind.COUNTER,
      "requests that a route mirrors to a worker (wireTap): the worker has replied (replied), the body"
          + " was too large to be kept for it (no_body), the worker has as many as it may (skipped), or"
          + " the worker failed (failed)",
      "outcome"),
  GROUP_FALLBACK(
      "gateway.group.fallback",
      Kind.GAUGE,
      "1 if a group has a fallback for when none of its workers accepts connections, else 0",
      "group"),
  RING(
      "gateway.ring",
      Kind.GAUGE,
      "1; gateways whose rings of a group have the same digest send each key to the same worker",
      "group",
      "digest"),
  DISCOVERY_AGE(
      "gateway.discovery.age.seconds",
      Kind.GAUGE,
      "seconds since a list of workers, or a host's name, was answered so that it counts",
      "source"),
  DISCOVERY_FAILURES(
      "gateway.discovery.failures",
      Kind.COUNTER,
      "answers that do not count, so that what was known stays: nobody answers, or a file cannot be"
          + " read (no_answer), DNS says SERVFAIL or the like (error), there is no such name or file"
          + " (unknown), nobody is named (empty), it is cut off, half written or names what is no"
          + " worker (unusable)",
      "source",
      "reason"),
  DISCOVERY_MEMBERS(
      "gateway.discovery.members", Kind.GAUGE, "workers that belong to a list", "source"),
  DISCOVERY_CHANGES(
      "gateway.discovery.changes",
      Kind.COUNTER,
      "times that other workers, ports or weights belonged to a list, so that rings changed",
      "source"),
  DISCOVERY_FORGOTTEN(
      "gateway.discovery.forgotten",
      Kind.COUNTER,
      "workers that have left a list, because no answer has named them for its forget time",
      "source"),
  WORKER_UP(
      "gateway.worker.up",
      Kind.GAUGE,
      "1 while a worker accepts connections, and answers /health if it is asked; else 0",
      "group",
      "worker"),
  WORKER_DRAINED(
      "gateway.worker.drained",
      Kind.GAUGE,
      "1 while a worker is drained, else 0",
      "group",
      "worker"),
  WORKER_CONNECTIONS(
      "gateway.worker.connections", Kind.GAUGE, "connections to a worker that are open", "worker"),
  WORKER_CONNECTIONS_IDLE(
      "gateway.worker.connections.idle",
      Kind.GAUGE,
      "those of them that wait for a request",
      "worker"),
  WORKER_CONNECTION_USES(
      "gateway.worker.connection.uses",
      Kind.COUNTER,
      "times that a request got a new connection to its worker or a kept one",
      "group",
      "worker",
      "connection"),
  RELOADS(
      "gateway.reloads",
      Kind.COUNTER,
      "changed files that were loaded, or refused while the routes before went on",
      "outcome"),
  GENERATIONS(
      "gateway.generations",
      Kind.GAUGE,
      "generations of routes: the one that serves, and those that end what they have begun"),
  ACCESS_LOG_DROPPED(
      "gateway.access.log.dropped",
      Kind.COUNTER,
      "lines of the access log that were lost because it could not be written as fast");

  enum Kind {
    COUNTER("_total"),
    GAUGE(""),
    SUMMARY("_seconds"),
    HISTOGRAM("_seconds");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }
  }

  private final String meterName;
  private final Kind kind;
  private final String purpose;
  private final List<String> tags;

  Meter(String meterName, Kind kind, String purpose, String... tags) {
    this.meterName = meterName;
    this.kind = kind;
    this.purpose = purpose;
    this.tags = List.of(tags);
  }

  /** The name as Micrometer has it. */
  public String meterName() {
    return meterName;
  }

  /** The name as Prometheus shows it. */
  public String prometheusName() {
    return meterName.replace('.', '_') + kind.suffix;
  }

  /** The names of the tags that divide it. */
  public List<String> tags() {
    return tags;
  }

  /** One line that says what it counts. */
  public String purpose() {
    return purpose;
  }

  Kind kind() {
    return kind;
  }
}
