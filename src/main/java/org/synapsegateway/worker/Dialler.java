// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.channel.Channel;
import java.io.IOException;
import org.synapsegateway.net.Loop;

/** Opens connections to one worker, without ever blocking. */
interface Dialler {
  /**
   * Wants a connection. One method is called once, on the loop, maybe before {@link #dial} returns.
   */
  interface Caller {
    /** Here is it; its channel may not be registered with the event loop yet. */
    void connected(Channel channel);

    /** The worker's backlog is full, which means "in a moment". */
    void busy();

    /** There will be none. */
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
