package org.synapsegateway.observe;

/**
 * Every meter of the gateway: its name, what it counts, and the tag that divides it.
 *
 * <p>This is the only list; a test compares the README's table with it. No tag ever holds what a
 * client sent.
 */
public enum Meter {
  CLIENT_CONNECTIONS(
      "gateway.client.connections", Kind.GAUGE, null, "connections of clients that are open"),
  CLIENT_CONNECTIONS_REFUSED(
      "gateway.client.connections.refused",
      Kind.COUNTER,
      "reason",
      "connections over gateway.connections-max (overloaded) or gateway.connections-per-client-max"
          + " (too_many_requests)"),
  REQUESTS_IN_FLIGHT(
      "gateway.requests.in.flight",
      Kind.GAUGE,
      null,
      "requests under way, long polls and replies still being sent included"),
  RELOADS(
      "gateway.reloads",
      Kind.COUNTER,
      "outcome",
      "changed files that were loaded, or refused while the routes before went on"),
  GENERATIONS(
      "gateway.generations",
      Kind.GAUGE,
      null,
      "generations of routes: the one that serves, and those that end what they have begun");

  enum Kind {
    COUNTER,
    GAUGE
  }

  private final String meterName;
  private final Kind kind;
  private final String tag;
  private final String purpose;

  Meter(String meterName, Kind kind, String tag, String purpose) {
    this.meterName = meterName;
    this.kind = kind;
    this.tag = tag;
    this.purpose = purpose;
  }

  /** The name as Micrometer has it; Prometheus has underscores, and {@code _total} for counters. */
  public String meterName() {
    return meterName;
  }

  /** The name of the tag that divides it; null if none does. */
  public String tag() {
    return tag;
  }

  /** One line that says what it counts. */
  public String purpose() {
    return purpose;
  }

  Kind kind() {
    return kind;
  }
}
