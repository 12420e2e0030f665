// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds out whether a process listens on a port of a host, by connecting. It blocks, so it must not
 * be called on an event loop.
 */
final class HostLook {
  private static final int TIMEOUT_MILLIS = 1_000;

  private HostLook() {}

  /** What the gateway knows: if a connection is open, no other one is made. */
  static WorkerSocket at(WorkerEndpoint worker) {
    int open = worker.openConnections();
    if (open > 0) {
      return new WorkerSocket(WorkerSocket.State.LISTENS, open + " connections are open");
    }
    List<InetAddress> known = worker.networkAddresses();
    return known.isEmpty()
        ? new WorkerSocket(WorkerSocket.State.NO_ADDRESS, worker.worker().lost())
        : connect(known, ((WorkerAddress.Tcp) worker.address()).port());
  }

  /** The state as any process of this machine sees it: the operating system looks the name up. */
  static WorkerSocket at(WorkerAddress.Tcp address) {
    try {
      return connect(addresses(address), address.port());
    } catch (UnknownHostException e) {
      return new WorkerSocket(
          WorkerSocket.State.NO_ADDRESS, "no address of " + address.host() + " is known");
    }
  }

  static List<InetAddress> addresses(WorkerAddress.Tcp address) throws UnknownHostException {
    return Arrays.asList(InetAddress.getAllByName(address.host()));
  }

  private static WorkerSocket connect(List<InetAddress> addresses, int port) {
    String at = TcpHost.texts(addresses);
    WorkerSocket.State state = WorkerSocket.State.NO_ADDRESS;
    String detail = at;
    for (InetAddress address : addresses) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
        return new WorkerSocket(WorkerSocket.State.LISTENS, at + ", somebody listens");
      } catch (SocketTimeoutException e) {
        state = WorkerSocket.State.SILENT;
        detail = at + ", no answer for " + TIMEOUT_MILLIS + " ms";
      } catch (IOException e) {
        state = WorkerSocket.State.REFUSES;
        detail = at + ", " + e.getMessage();
      }
    }
    return new WorkerSocket(state, detail);
  }

  /**
   * The addresses of each family that has several. Such a name stands for a pool of hosts, of which
   * a connection reaches any, and not for one worker.
   */
  static String pool(WorkerAddress.Tcp address) throws UnknownHostException {
    return addresses(address).stream()
        .collect(Collectors.groupingBy(InetAddress::getClass))
        .values()
        .stream()
        .filter(family -> family.size() > 1)
        .map(TcpHost::texts)
        .collect(Collectors.joining(", "));
  }
}
