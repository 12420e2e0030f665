// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A set of addresses in CIDR notation, for instance {@code 127.0.0.0/8 ::1 fc00::/7 unix:}.
 *
 * <p>Members are separated by white space or commas; one without a prefix length is a single
 * address; {@code unix:} stands for clients on UNIX sockets. An IPv4 address that came as IPv6
 * ({@code ::ffff:10.0.0.1}) counts as IPv4. Immutable.
 */
public final class AddressSet {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]*[A-Za-z][A-Za-z0-9._-]*");

  private static final class Network {
    private final byte[] address;
    private final int prefix;

    Network(byte[] address, int prefix) {
      this.address = address;
      this.prefix = prefix;
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = prefix / 8;
      for (int i = 0; i < whole; i++) {
        if (address[i] != other[i]) {
          return false;
        }
      }
      int rest = prefix % 8;
      return rest == 0 || ((address[whole] ^ other[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }
  }

  private final Network[] networks;
  private final boolean unix;

  private AddressSet(String text) {
    List<Network> found = new ArrayList<>();
    boolean unixToo = false;
    for (String member : text.trim().split("[\\s,]+", -1)) {
      if (member.equals("unix:")) {
        unixToo = true;
      } else if (!member.isEmpty()) {
        found.add(network(member));
      }
    }
    networks = found.toArray(Network[]::new);
    unix = unixToo;
  }

  /**
   * Reads a set; the empty text is the empty set.
   *
   * @throws IllegalArgumentException if a member is no address or network; says which and why
   */
  public static AddressSet of(String text) {
    return new AddressSet(text);
  }

  /** Whether an address belongs to the set; null stands for a client on a UNIX socket. */
  public boolean contains(@Nullable InetAddress address) {
    if (address == null) {
      return unix;
    }
    byte[] bytes = unmapped(address.getAddress());
    for (Network network : networks) { // an array takes no iterator, at each request
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  /** The same address without a zone; as IPv4 if it is one that came as IPv6. */
  public static InetAddress plain(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address; // there is one for each connection
    }
    try {
      return InetAddress.getByAddress(unmapped(address.getAddress()));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address.toString(), e);
    }
  }

  /** An IPv4 address that is written as IPv6 (RFC 4291 section 2.5.5.2) as IPv4. */
  private static byte[] unmapped(byte[] bytes) {
    boolean mapped = bytes.length == 16 && bytes[10] == -1 && bytes[11] == -1;
    for (int i = 0; mapped && i < 10; i++) {
      mapped = bytes[i] == 0;
    }
    return mapped ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
  }

  /**
   * Reads an address in its numeric form, or returns null if it is none; never asks a name server.
   *
   * <p>A zone ({@code %eth0}) is not taken: it means nothing to another machine. Nor are numbers
   * that begin with 0, which some read as octal.
   */
  public static @Nullable InetAddress numeric(String text) {
    // a name server would be asked for what begins with a dot
    boolean maybe = !text.isEmpty() && text.length() <= 45 && text.charAt(0) != '.';
    for (int i = 0; maybe && i < text.length(); i++) {
      char c = text.charAt(i);
      maybe = Character.digit(c, 16) >= 0 && c < 0x80 || c == '.' || c == ':';
    }
    boolean onlyHexadecimal = text.indexOf('.') < 0 && text.indexOf(':') >= 0;
    // the end of an IPv6 address may be written as an IPv4 one
    if (!maybe || !(onlyHexadecimal || isDottedQuad(text.substring(text.lastIndexOf(':') + 1)))) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Whether it is four numbers up to 255; looks at each character once. */
  private static boolean isDottedQuad(String text) {
    int parts = 1;
    int digits = 0;
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' && digits > 0) {
        parts++;
        digits = 0;
        number = 0;
      } else if (c >= '0' && c <= '9' && (digits == 0 || number > 0)) {
        digits++;
        number = number * 10 + c - '0';
        if (number > 255) {
          return false;
        }
      } else {
        return false;
      }
    }
    return parts == 4 && digits > 0;
  }

  private static Network network(String member) {
    int slash = member.indexOf('/');
    InetAddress address = numeric(slash < 0 ? member : member.substring(0, slash));
    if (address == null) {
      throw new IllegalArgumentException(
          "\"" + member + "\" is not an address or network; " + hint(member));
    }
    if (slash >= 0 && address instanceof Inet4Address && member.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "\"" + member + "\" is an IPv4 network written as IPv6; write for example 10.0.0.0/8");
    }
    byte[] bytes = address.getAddress();
    int bits = bytes.length * 8;
    int prefix = slash < 0 ? bits : prefix(member, slash, bits);
    for (int bit = prefix; bit < bits; bit++) {
      if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) {
        throw new IllegalArgumentException(
            "\"" + member + "\" has address bits behind its prefix; is the length right?");
      }
    }
    return new Network(bytes, prefix);
  }

  private static String hint(String member) {
    // a port, a wildcard and the like have other characters
    boolean isName = NAME.matcher(member).matches();
    return isName
        ? "a name may be another address's tomorrow, so write its network: for a container's, as"
            + " Docker shows it, for example 172.18.0.0/16"
        : "write for example 10.0.0.0/8 or ::1";
  }

  private static int prefix(String member, int slash, int bits) {
    String text = member.substring(slash + 1);
    if (!text.matches("\\d{1,3}") || Integer.parseInt(text) > bits) {
      throw new IllegalArgumentException(
          "\"" + member + "\" has no prefix length from 0 to " + bits);
    }
    return Integer.parseInt(text);
  }
}
