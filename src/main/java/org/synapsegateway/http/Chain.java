// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.AddressSet;

/**
 * The hops of one request from its peer back to its client, as far as they are trusted.
 *
 * <p>Read from the right, and no further than to the first that no trusted proxy has; of what it
 * says itself counts only that it says something. Confined to one event loop.
 */
final class Chain {
  /** The maximum number of trusted proxies in a row: far more than in practice. */
  private static final int MAX_HOPS = 100;

  private final AddressSet trusted;
  private @Nullable InetAddress last;
  private @Nullable String proto;
  private @Nullable String flaw;
  private boolean relayed;
  private int hops;

  private Chain(AddressSet trusted, @Nullable InetAddress peer) {
    this.trusted = trusted;
    this.last = peer;
  }

  /** As the lines of X-Forwarded-For name them; they are one list (RFC 9110 section 5.3). */
  static Chain ofXForwardedFor(RequestHead head, AddressSet trusted, @Nullable InetAddress peer) {
    Chain chain = new Chain(trusted, peer);
    for (int line = head.fieldCount() - 1; line >= 0 && chain.goesOn(); line--) {
      if (head.field(line) == Field.X_FORWARDED_FOR) {
        chain.addNames(head, line);
      }
    }
    chain.end("is empty");
    return chain;
  }

  /** As the lines of Forwarded name them. */
  static Chain ofForwarded(RequestHead head, AddressSet trusted, @Nullable InetAddress peer) {
    Chain chain = new Chain(trusted, peer);
    for (int line = head.fieldCount() - 1; line >= 0 && chain.goesOn(); line--) {
      if (head.field(line) == Field.FORWARDED) {
        chain.addElements(ForwardedField.read(head.value(line)));
      }
    }
    chain.end("names nobody");
    return chain;
  }

  private void addNames(RequestHead head, int line) {
    byte[] b = head.bytes();
    int start = head.valueStart(line);
    int end = head.valueEnd(line);
    while (end > start && goesOn()) {
      int from = end;
      while (from > start && b[from - 1] != ',') {
        from--;
      }
      String name = head.text(from, end).trim();
      if (!name.isEmpty()) {
        add(name);
      }
      end = from - 1;
    }
  }

  private void addElements(@Nullable List<ForwardedField.Element> elements) {
    if (elements == null) {
      addUnreadable("is not written as RFC 7239 has it");
      return;
    }
    for (int i = elements.size() - 1; i >= 0 && goesOn(); i--) {
      ForwardedField.Element element = elements.get(i);
      if (isLastTrusted()) {
        proto = element.proto();
      }
      if (element.node() == null) {
        addUnreadable("has an element without for=");
      } else {
        add(element.node());
      }
    }
  }

  private void addUnreadable(String why) {
    if (isLastTrusted()) {
      flaw = why;
    } else {
      relayed = true;
    }
  }

  private void add(String name) {
    if (!isLastTrusted()) {
      relayed = true;
      return;
    }
    InetAddress address = Hop.address(name);
    hops++;
    if (address == null) {
      flaw = Hop.flaw(name);
    } else if (hops > MAX_HOPS) {
      flaw = "names more than " + MAX_HOPS + " trusted proxies";
    } else {
      last = address;
    }
  }

  /** The peer is, be it for its address or for the listener that it has come to. */
  private boolean isLastTrusted() {
    return hops == 0 || trusted.contains(last);
  }

  private boolean goesOn() {
    return flaw == null && !relayed;
  }

  private void end(String flawOfNone) {
    if (hops == 0 && flaw == null) {
      flaw = flawOfNone;
    }
  }

  /** The client; if it is not known, the last proxy before it that is. */
  @Nullable InetAddress last() {
    return last;
  }

  /** How the client spoke to the proxy that names it; null if that is not said. */
  @Nullable String proto() {
    return proto;
  }

  /** How well the client is known. */
  Naming naming() {
    if (flaw != null) {
      return Naming.UNREADABLE;
    }
    return relayed ? Naming.RELAYED : Naming.NAMED;
  }

  /** Why the client is not known; null if it is. */
  @Nullable String flaw() {
    return flaw;
  }
}
