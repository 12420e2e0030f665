// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address that a worker listens on, normalized: two spellings of one address are equal. As text
 * it is the path of a UNIX socket, or {@code host:port}. Immutable.
 */
public sealed interface WorkerAddress {
  /** The prefix of a UNIX socket's path, as in nginx. */
  String UNIX = "unix:";

  /** The prefix of {@code host:port}. */
  String TCP = "tcp:";

  /** The address as a worker's URI has it. */
  String server();

  /**
   * What a worker's URI names.
   *
   * @param server {@code unix:/path.sock} or {@code tcp:host:port}
   * @throws IllegalArgumentException if it is neither
   */
  static WorkerAddress of(String server) {
    if (server.startsWith(UNIX)) {
      return Unix.of(server);
    }
    if (server.startsWith(TCP)) {
      return Tcp.of(server);
    }
    throw new IllegalArgumentException(
        "worker:"
            + server
            + " is neither a UNIX socket nor a host's port; write worker:unix:/path.sock or"
            + " worker:tcp:host:8083");
  }

  /** Reads the text of an address, as {@code toString} returns it. */
  static WorkerAddress at(String text) {
    return of((text.startsWith("/") ? UNIX : TCP) + text);
  }

  /** The text from which nginx makes its ring, as its {@code server} has it. */
  static String ringText(String server) {
    return server.startsWith(TCP) ? server.substring(TCP.length()) : server;
  }

  /** A UNIX socket. */
  record Unix(Path path) implements WorkerAddress {
    /** The size of sun_path in Linux's sockaddr_un, less the NUL at its end. */
    private static final int MAX_PATH = 107;

    private static Unix of(String server) {
      String path = server.substring(UNIX.length());
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException(
            "worker:" + server + " has a relative path; write worker:unix:/path.sock");
      }
      int length = path.getBytes(StandardCharsets.UTF_8).length;
      if (length > MAX_PATH) {
        throw new IllegalArgumentException(
            "worker:"
                + server
                + " has a path of "
                + length
                + " bytes; a UNIX socket's path has "
                + MAX_PATH
                + " at most");
      }
      return new Unix(Path.of(tidy(path)));
    }

    /** Keeps "..": after a symbolic link it does not lead back. */
    private static String tidy(String path) {
      return path.replaceAll("/(\\.?/)+", "/");
    }

    @Override
    public String server() {
      return UNIX + path;
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * A port of a host.
   *
   * @param host its name in small letters, or its IP address without brackets
   */
  record Tcp(String host, int port) implements WorkerAddress {
    private static final Pattern PLACE = Pattern.compile("(\\[[^]]*]|[^:]*):([1-9]\\d{0,4})");

    /** RFC 1123, 2.1, and the underscore that names of containers may have. */
    private static final Pattern NAME = Pattern.compile("(?=.{1,254}$)([a-z0-9_-]{1,63}(\\.|$))+");

    private static final int MAX_PORT = 65_535;

    private static Tcp of(String server) {
      Matcher place = PLACE.matcher(server.substring(TCP.length()));
      if (!place.matches() || Integer.parseInt(place.group(2)) > MAX_PORT) {
        throw new IllegalArgumentException(
            "worker:"
                + server
                + " has no port from 1 to 65535 at its end; write worker:tcp:host:8083 or"
                + " worker:tcp:[::1]:8083");
      }
      String host = place.group(1).toLowerCase(Locale.ROOT);
      boolean inBrackets = host.startsWith("[");
      host = inBrackets ? host.substring(1, host.length() - 1) : host;
      if (inBrackets && host.matches(".*%.*\\D.*")) {
        throw new IllegalArgumentException(
            "worker:"
                + server
                + " has a zone that is no number; write the interface's index, which ip link shows,"
                + " behind %");
      }
      boolean known =
          inBrackets
              ? NetUtil.isValidIpV6Address(host)
              : NetUtil.isValidIpV4Address(host)
                  || NAME.matcher(host).matches() && !host.matches("[\\d.]+");
      if (!known) {
        throw new IllegalArgumentException(
            "worker:" + server + " has no host's name and no IP address behind tcp:");
      }
      return new Tcp(host, Integer.parseInt(place.group(2)));
    }

    /** Whether the host is a name, which has to be looked up. */
    boolean isNamed() {
      return NetUtil.createByteArrayFromIpAddressString(host) == null;
    }

    @Override
    public String server() {
      return TCP + this;
    }

    @Override
    public String toString() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }
}
