// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.AddressSet;

/**
 * Finds the client of a request.
 *
 * <p>Synapse believes the first address of X-Forwarded-For (synapse/http/site.py), so it must be
 * sent exactly one, and one that nobody could choose freely. An incoming X-Forwarded-For counts
 * only if the peer is a trusted proxy; it is read from the right to the first address that is not a
 * trusted proxy's, as nginx does with real_ip_recursive. If there is none, Forwarded (RFC 7239)
 * counts in its place. Whoever cannot be told is no private client, and goes by the address of the
 * last proxy that is known. Safe for any thread.
 */
public final class Forwarded {
  /** Somebody is forwarded for who is named only where anybody could name itself. */
  private static final String NOT_SENT = "is missing, though X-Real-IP or Via is there";

  private final AddressSet trusted;

  public Forwarded(AddressSet trusted) {
    this.trusted = trusted;
  }

  /**
   * With these trusted proxies.
   *
   * @throws IllegalArgumentException if one is no address or network; says which and what to write
   */
  public static Forwarded trusting(String proxies) {
    try {
      return new Forwarded(AddressSet.of(proxies));
    } catch (IllegalArgumentException e) {
      // without a cause, because the message says it all
      throw new IllegalArgumentException(
          e.getMessage()
              + "; the gateway believes X-Forwarded-For of every address in these networks");
    }
  }

  /** The client if no proxy forwards for it: the peer itself. */
  public static Client peer(SocketAddress address) {
    return peer(address, "http", false);
  }

  /**
   * The same where the listener says more.
   *
   * @param scheme {@code http} or {@code https}
   * @param trusted whether it is a trusted proxy, whatever its address
   */
  public static Client peer(SocketAddress address, @Nullable String scheme, boolean trusted) {
    InetAddress inet =
        address instanceof InetSocketAddress known && known.getAddress() != null
            ? AddressSet.plain(known.getAddress())
            : null;
    return new Client(text(inet), inet, scheme, Naming.ITSELF, null, trusted);
  }

  /** Whether what this peer says about its clients is believed. */
  public boolean isTrusted(Client peer) {
    return peer.isTrusted() || trusted.contains(peer.inet());
  }

  /**
   * The client of a request.
   *
   * @param known a client found before on this connection, returned again if it is the same; or
   *     null
   */
  public Client client(RequestHead head, Client peer, @Nullable Client known) {
    if (!isTrusted(peer)) {
      return forwards(head)
          ? client(peer.inet(), peer.scheme(), Naming.UNTRUSTED, null, known)
          : peer;
    }
    if (head.find(Field.X_FORWARDED_FOR, 0) >= 0) {
      Chain chain = Chain.ofXForwardedFor(head, trusted, peer.inet());
      return client(chain, scheme(head, null), known);
    }
    if (head.find(Field.FORWARDED, 0) >= 0) {
      Chain chain = Chain.ofForwarded(head, trusted, peer.inet());
      String scheme = chain.proto() == null ? scheme(head, null) : schemeOf(chain.proto());
      return client(chain, scheme, known);
    }
    String scheme = scheme(head, peer.scheme());
    return forwards(head)
        ? client(peer.inet(), scheme, Naming.UNREADABLE, NOT_SENT, known)
        : client(peer.inet(), scheme, Naming.MISSING, null, known);
  }

  /** Whether the peer is a proxy by what it sends. */
  private static boolean forwards(RequestHead head) {
    for (int line = 0; line < head.fieldCount(); line++) {
      switch (head.field(line)) {
        case FORWARDED, VIA, X_FORWARDED_FOR, X_REAL_IP -> {
          return true;
        }
        default -> {}
      }
    }
    return false;
  }

  private static Client client(Chain chain, @Nullable String scheme, @Nullable Client known) {
    return client(chain.last(), scheme, chain.naming(), chain.flaw(), known);
  }

  private static Client client(
      @Nullable InetAddress inet,
      @Nullable String scheme,
      Naming naming,
      @Nullable String flaw,
      @Nullable Client known) {
    if (known != null
        && known.naming() == naming
        && Objects.equals(known.inet(), inet)
        && Objects.equals(known.scheme(), scheme)
        && Objects.equals(known.flaw(), flaw)) {
      return known;
    }
    return new Client(text(inet), inet, scheme, naming, flaw, false);
  }

  /** As RFC 5952 has it, and without a zone, which means nothing to another machine. */
  private static String text(@Nullable InetAddress inet) {
    return inet == null ? "unix:" : NetUtil.toAddressString(inet);
  }

  /**
   * What the last element of X-Forwarded-Proto says.
   *
   * @param unsaid what it is if there is no such field, or an empty one
   */
  private static @Nullable String scheme(RequestHead head, @Nullable String unsaid) {
    for (int line = head.fieldCount() - 1; line >= 0; line--) {
      if (head.field(line) == Field.X_FORWARDED_PROTO) {
        String last = last(head.value(line));
        if (!last.isEmpty()) {
          return schemeOf(last);
        }
      }
    }
    return unsaid;
  }

  /** The last element of a list that is not empty (RFC 9110 section 5.6.1). */
  private static String last(String list) {
    int end = list.length();
    while (end > 0 && (list.charAt(end - 1) == ',' || list.charAt(end - 1) <= ' ')) {
      end--;
    }
    return list.substring(list.lastIndexOf(',', end - 1) + 1, end).trim();
  }

  /** As Synapse reads it: what is not https is http. */
  private static String schemeOf(String text) {
    return text.equalsIgnoreCase("https") ? "https" : "http";
  }
}
