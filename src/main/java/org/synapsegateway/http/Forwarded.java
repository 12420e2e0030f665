package org.synapsegateway.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.synapsegateway.net.AddressSet;

/**
 * Decides who a request's client is.
 *
 * <p>Synapse believes the first address of X-Forwarded-For (synapse/http/site.py), so it must be
 * sent exactly one, and one that nobody could choose freely. An incoming X-Forwarded-For counts
 * only if the peer is a trusted proxy; it is read from the right to the first address that is not a
 * trusted proxy's, as nginx does with real_ip_recursive. What is no address ends the search. Safe
 * for any thread.
 */
public final class Forwarded {
  private final AddressSet trusted;

  public Forwarded(AddressSet trusted) {
    this.trusted = trusted;
  }

  /** The client if nobody forwards for it: the peer itself. */
  public static Client peer(SocketAddress address) {
    if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
      return client(inet.getAddress(), "http");
    }
    return new Client("unix:", null, "http");
  }

  /** Whether what this peer says about its clients is believed. */
  public boolean isTrusted(Client peer) {
    return trusted.contains(peer.inet());
  }

  /**
   * The client of a request that a trusted peer sent.
   *
   * @param known a client found before on this connection, returned again if it is the same
   */
  public Client client(RequestHead head, Client peer, Client known) {
    InetAddress address = peer.inet();
    int line = head.find(Field.X_FORWARDED_FOR, 0);
    if (line >= 0) {
      address = firstUntrusted(head, address);
    }
    String scheme = scheme(head, peer.scheme());
    if (known != null && known.scheme().equals(scheme) && sameAddress(known.inet(), address)) {
      return known;
    }
    if (sameAddress(peer.inet(), address)) {
      return new Client(peer.address(), address, scheme);
    }
    return client(address, scheme);
  }

  private static boolean sameAddress(InetAddress one, InetAddress other) {
    return one == null ? other == null : one.equals(other);
  }

  private static Client client(InetAddress address, String scheme) {
    // RFC 5952, and without a zone, which means nothing to another machine
    return new Client(NetUtil.toAddressString(address), address, scheme);
  }

  private InetAddress firstUntrusted(RequestHead head, InetAddress peer) {
    InetAddress found = peer;
    List<String> elements = elements(head, Field.X_FORWARDED_FOR);
    for (int i = elements.size() - 1; i >= 0 && trusted.contains(found); i--) {
      InetAddress address = AddressSet.numeric(withoutPort(elements.get(i)));
      if (address == null) {
        break;
      }
      found = address;
    }
    return found;
  }

  private static String scheme(RequestHead head, String otherwise) {
    List<String> elements = elements(head, Field.X_FORWARDED_PROTO);
    String last = elements.isEmpty() ? "" : elements.get(elements.size() - 1);
    if (last.equalsIgnoreCase("https")) {
      return "https";
    }
    return last.equalsIgnoreCase("http") ? "http" : otherwise;
  }

  /** The elements of a list field over all its lines (RFC 9110 section 5.6.1). */
  private static List<String> elements(RequestHead head, Field field) {
    List<String> elements = new ArrayList<>();
    for (int line = head.find(field, 0); line >= 0; line = head.find(field, line + 1)) {
      for (String element : head.value(line).split(",", -1)) {
        if (!element.isBlank()) {
          elements.add(element.trim());
        }
      }
    }
    return elements;
  }

  /** An element without the port that some proxies add: {@code 1.2.3.4:5}, {@code [::1]:5}. */
  private static String withoutPort(String element) {
    if (element.startsWith("[")) {
      int end = element.indexOf(']');
      return end < 0 ? element : element.substring(1, end);
    }
    int colon = element.indexOf(':');
    boolean one = colon >= 0 && element.indexOf(':', colon + 1) < 0;
    return one ? element.substring(0, colon) : element;
  }
}
