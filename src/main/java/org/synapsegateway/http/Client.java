// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The client, as far as the gateway believes it: the peer, or the one that a trusted proxy names.
 *
 * <p>Immutable.
 */
public final class Client {
  private final String address;
  private final @Nullable InetAddress inet;
  private final @Nullable String scheme;
  private final Naming naming;
  private final @Nullable String flaw;
  private final boolean trusted;
  private final byte[] fieldLines;

  /**
   * A client that is no proxy; see {@link #Client(String, InetAddress, String, Naming, String,
   * boolean)}.
   */
  public Client(String address, @Nullable InetAddress inet, @Nullable String scheme) {
    this(address, inet, scheme, Naming.ITSELF, null, false);
  }

  /**
   * @param address an IP address, or {@code unix:} for a client on a UNIX socket; that of the last
   *     proxy known if the client's own is not
   * @param inet the same as an address; null for a client on a UNIX socket
   * @param scheme {@code http} or {@code https}; null if it is not known
   * @param flaw why its name cannot be read; null if it can
   * @param trusted whether it is a trusted proxy wherever it is
   */
  Client(
      String address,
      @Nullable InetAddress inet,
      @Nullable String scheme,
      Naming naming,
      @Nullable String flaw,
      boolean trusted) {
    this.address = address;
    this.inet = inet;
    this.scheme = scheme;
    this.naming = naming;
    this.flaw = flaw;
    this.trusted = trusted;
    String proto = scheme == null ? "" : "X-Forwarded-Proto: " + scheme + "\r\n";
    this.fieldLines =
        ("X-Forwarded-For: " + address + "\r\n" + proto).getBytes(StandardCharsets.US_ASCII);
  }

  /** What X-Forwarded-For says to the worker. */
  public String address() {
    return address;
  }

  /** The address, or null for a client on a UNIX socket. */
  public @Nullable InetAddress inet() {
    return inet;
  }

  /**
   * What X-Forwarded-Proto says to the worker; null if the field is left out, for which Synapse
   * takes https (synapse/http/site.py).
   */
  public @Nullable String scheme() {
    return scheme;
  }

  /** How it is known. */
  public Naming naming() {
    return naming;
  }

  /** Whether the address is its own, so that it may be a private client's. */
  public boolean mayBePrivate() {
    return naming.mayBePrivate();
  }

  /** What is wrong with the name that a proxy gave it, in words of the gateway's own; or null. */
  public @Nullable String flaw() {
    return flaw;
  }

  /** Whether it is a trusted proxy wherever it is, because of the listener that it has come to. */
  boolean isTrusted() {
    return trusted;
  }

  byte[] fieldLines() {
    return fieldLines;
  }

  @Override
  public String toString() {
    return address;
  }
}
