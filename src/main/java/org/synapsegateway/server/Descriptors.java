// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * The listening sockets that systemd has opened for this process (sd_listen_fds(3)): {@code
 * LISTEN_FDS}, {@code LISTEN_FDNAMES} and {@code LISTEN_PID}. Immutable.
 */
final class Descriptors {
  private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);
  private static final int FIRST = 3;
  private static final long NON_BLOCKING = 04000; // O_NONBLOCK of open(2) on Linux

  // of socket(7) on Linux
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_ACCEPTCONN = 30;
  private static final int SO_DOMAIN = 39;
  private static final int SOCK_STREAM = 1;
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  /** Which names descriptors have, from the third on. */
  private final List<String> names;

  /**
   * @param environment that of the process
   * @param process the number of this process; the descriptors may be meant for another one
   */
  Descriptors(Map<String, String> environment, long process) {
    List<String> found = new ArrayList<>();
    if (Long.toString(process).equals(environment.get("LISTEN_PID"))) {
      int count = number(environment.getOrDefault("LISTEN_FDS", "0"));
      String all = environment.get("LISTEN_FDNAMES");
      List<String> given = all == null ? List.of() : List.of(all.split(":", -1));
      for (int i = 0; i < count; i++) {
        found.add(i < given.size() ? given.get(i) : "unknown"); // as sd_listen_fds(3) has it
      }
    }
    names = List.copyOf(found);
  }

  private static int number(String text) {
    return text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
  }

  /**
   * The descriptors of this name, of which a unit with several {@code ListenStream=} has several.
   *
   * @throws ConfigurationException if there is none; says what there is
   */
  List<Integer> named(String name) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(name)) {
        found.add(FIRST + i);
      }
    }
    if (found.isEmpty()) {
      throw cannot(
          "fd:" + name,
          names.isEmpty()
              ? "systemd has passed no sockets; enable and start the .socket unit (systemctl status"
                  + " synapse-gateway.socket)"
              : "systemd has passed %s; write the name that FileDescriptorName= of the .socket unit has"
                  .formatted(String.join(", ", names)));
    }
    return found;
  }

  /** Warns of sockets that no listener takes: clients connect there, and nobody accepts them. */
  void tellUnused(List<String> listeners) {
    List<String> unused =
        names.stream()
            .map(name -> "fd:" + name)
            .filter(name -> !listeners.contains(name))
            .distinct()
            .toList();
    if (!unused.isEmpty()) {
      LOG.warn(
          "systemd has passed {}, which gateway.listen does not have: clients connect there and wait"
              + " in vain; add it, or stop its .socket unit",
          String.join(" and ", unused));
    }
  }

  /**
   * Whether a descriptor is a UNIX socket; if not, it is one of TCP.
   *
   * @throws ConfigurationException if it cannot be listened on
   */
  static boolean isUnix(int descriptor) {
    try {
      Socket socket = new Socket(descriptor);
      if (socket.getIntOpt(SOL_SOCKET, SO_TYPE) != SOCK_STREAM
          || socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) == 0) {
        throw cannot(
            descriptor,
            "it takes no connections: write ListenStream= and Accept=no in the .socket unit");
      }
      if ((flags(descriptor) & NON_BLOCKING) == 0) {
        throw cannot(
            descriptor,
            "it would block the event loop: write NonBlocking=yes in the .service unit");
      }
      int domain = socket.getIntOpt(SOL_SOCKET, SO_DOMAIN);
      if (domain != AF_UNIX && domain != AF_INET && domain != AF_INET6) {
        throw cannot(descriptor, "it is neither of TCP nor of UNIX");
      }
      return domain == AF_UNIX;
    } catch (ChannelException | IOException e) { // what the constructor throws is not checked
      throw cannot(descriptor, "it is no socket, or not there");
    }
  }

  private static long flags(int descriptor) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor)).stream()
        .filter(line -> line.startsWith("flags:"))
        .mapToLong(line -> Long.parseLong(line.substring("flags:".length()).trim(), 8))
        .findFirst()
        .orElse(0);
  }

  private static ConfigurationException cannot(int descriptor, String why) {
    return cannot("descriptor " + descriptor + " of systemd", why);
  }

  private static ConfigurationException cannot(String what, String why) {
    return ConfigurationException.of(
        Fault.of(
            Code.CANNOT_LISTEN,
            what,
            "cannot listen on " + what + ": " + why + " (gateway.listen)"));
  }
}
