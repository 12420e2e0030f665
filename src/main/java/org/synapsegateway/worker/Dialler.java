// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.channel.Channel;
import java.io.IOException;
import org.synapsegateway.net.Loop;

/** Opens connections to one worker, without ever blocking. */
interface Dialler {
  /**
   * Waits for a connection. Exactly one of its methods is called, once, on the loop; it may be
   * called before {@link #dial} returns.
   */
  interface Caller {
    /** The connection is open; its channel may not be registered with the event loop yet. */
    void connected(Channel channel);

    /** The worker's backlog is full; a later attempt may succeed. */
    void busy();

    /** The connect has failed. */
    void failed(IOException why);
  }

  /**
   * Begins to connect. Called on the loop.
   *
   * @param millis how long it may take at most
   * @throws OutOfDescriptorsException if no descriptor is left; then no method of the caller is
   *     called
   */
  void dial(Loop loop, long millis, Caller caller) throws OutOfDescriptorsException;
}
