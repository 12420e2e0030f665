package org.synapsegateway.http;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * Who asks, as far as the gateway believes it: the peer, or the client that a trusted proxy names.
 *
 * <p>Immutable.
 */
public final class Client {
  private final String address;
  private final InetAddress inet;
  private final String scheme;
  private final byte[] fieldLines;

  /**
   * @param address an IP address, or {@code unix:} for a client on a UNIX socket
   * @param inet the same as an address; null for a client on a UNIX socket
   * @param scheme {@code http} or {@code https}
   */
  public Client(String address, InetAddress inet, String scheme) {
    this.address = address;
    this.inet = inet;
    this.scheme = scheme;
    this.fieldLines =
        ("X-Forwarded-For: " + address + "\r\nX-Forwarded-Proto: " + scheme + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
  }

  /** What X-Forwarded-For says to the worker. */
  public String address() {
    return address;
  }

  /** The address, or null for a client on a UNIX socket. */
  public InetAddress inet() {
    return inet;
  }

  /** What X-Forwarded-Proto says to the worker. */
  public String scheme() {
    return scheme;
  }

  byte[] fieldLines() {
    return fieldLines;
  }

  @Override
  public String toString() {
    return address;
  }
}
