// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listening sockets that the previous process has opened and handed over, by the address or purpose
 * of each. Each is taken once. Confined to the thread that starts the gateway.
 */
public final class InheritedSockets implements AutoCloseable {
  /** What {@link #take} returns if there is none. */
  public static final int NONE = -1;

  private static final Logger LOG = LoggerFactory.getLogger(InheritedSockets.class);

  private final List<Socket> left = new ArrayList<>();

  private record Socket(String key, int descriptor) {}

  /** Adds a descriptor, which is closed at the end if it is not taken. */
  public void add(String key, int descriptor) {
    left.add(new Socket(key, descriptor));
  }

  /** Takes the first descriptor of a key; {@link #NONE} if none is left. */
  public int take(String key) {
    Iterator<Socket> sockets = left.iterator();
    while (sockets.hasNext()) {
      Socket socket = sockets.next();
      if (socket.key.equals(key)) {
        sockets.remove();
        return socket.descriptor;
      }
    }
    return NONE;
  }

  /** Closes the sockets that were not taken; they stay open in the other process. */
  @Override
  public void close() {
    for (Socket socket : left) {
      try {
        new FileDescriptor(socket.descriptor).close();
      } catch (IOException e) {
        LOG.debug("An inherited socket, {}, did not close", socket.key, e);
      }
    }
    left.clear();
  }
}
