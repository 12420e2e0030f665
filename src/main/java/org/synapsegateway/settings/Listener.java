// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code gateway.listen}: where the gateway listens, and how it serves who connects
 * there. Immutable.
 *
 * @param kind what kind of address it is
 * @param place a host without brackets, the path of a UNIX socket, or the name of a descriptor
 * @param port the port; 0 for one that is free; -1 where there are no ports
 * @param https whether clients speak TLS there
 * @param http2 whether HTTP/2 is offered even if {@code gateway.http2} is off
 * @param redirect whether requests are sent on to https
 * @param proxyProtocol whether each connection begins with a header of the PROXY protocol
 * @param trusted whether whoever connects there is a trusted proxy, whatever its address
 * @param file how the file of a UNIX socket is made; {@link SocketFile#DEFAULT} elsewhere
 */
public record Listener(
    Kind kind,
    String place,
    int port,
    boolean https,
    boolean http2,
    boolean redirect,
    boolean proxyProtocol,
    boolean trusted,
    SocketFile file) {

  /** What is listened on. */
  public enum Kind {
    TCP,
    UNIX,
    /** A socket that systemd has opened. */
    DESCRIPTOR
  }

  /**
   * Whose the file of a UNIX socket is, and who may connect.
   *
   * @param mode the mode's bits
   * @param owner a user's name or number; null for who runs the gateway
   * @param group a group's name or number; null for that of who runs the gateway
   */
  public record SocketFile(int mode, @Nullable String owner, @Nullable String group) {
    /** For owner and group: what a client of a UNIX socket says of others is believed. */
    public static final SocketFile DEFAULT = new SocketFile(0660, null, null);
  }

  /** A listener for plain HTTP without further properties. */
  public static Listener http(String host, int port) {
    return new Listener(
        Kind.TCP, bare(host), port, false, false, false, false, false, SocketFile.DEFAULT);
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Whether it is for this host, with or without brackets. */
  public boolean isOn(String host) {
    return place.equalsIgnoreCase(bare(host));
  }

  /** Its address as {@code gateway.listen} has it, without properties; it names the listener. */
  public String name() {
    return switch (kind) {
      case TCP -> (https ? "https://" : "http://") + Settings.inUrl(place) + ":" + port;
      case UNIX -> "unix:" + place;
      case DESCRIPTOR -> "fd:" + place;
    };
  }

  /** What is done with who comes there, in a few words. */
  public String description() {
    List<String> words = new ArrayList<>(List.of(https ? "https" : "http"));
    if (http2) {
      words.add("h2");
    }
    if (redirect) {
      words.add("redirects to https");
    }
    if (proxyProtocol) {
      words.add("PROXY protocol");
    }
    if (trusted) {
      words.add("trusts whoever comes");
    }
    if (kind == Kind.UNIX) {
      words.add("mode 0" + Integer.toOctalString(file.mode()));
    }
    return String.join(", ", words);
  }

  /** Whether it is one for every address of the machine. */
  boolean isForAllAddresses() {
    return kind == Kind.TCP && place.matches("0\\.0\\.0\\.0|[0:]*:[0:]*");
  }

  /**
   * Whether others than this machine and private networks may reach it, as far as its address
   * tells: a name or a descriptor may be anything.
   */
  public boolean mayBePublic() {
    return switch (kind) {
      case UNIX -> false;
      case DESCRIPTOR -> true;
      case TCP ->
          !place.equalsIgnoreCase("localhost")
              && !place.matches(
                  "(?i)127\\..*|10\\..*|192\\.168\\..*|172\\.(1[6-9]|2\\d|3[01])\\..*"
                      + "|::1|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*");
    };
  }

  /** Whether it is for https, and the world may come. */
  public boolean isOpenEdge() {
    return https && mayBePublic();
  }

  @Override
  public String toString() {
    return name();
  }
}
