// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.channel.Channel;
import java.io.IOException;
import org.synapsegateway.net.Loop;

/** Opens connections to one worker, without ever blocking. */
interface Dialler {
  /** Who wants a connection. It hears of it once, on its loop, maybe before {@link #dial} ends. */
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
   * @throws OutOfDescriptorsException if nothing could be found out; the caller hears no more
   */
  void dial(Loop loop, long millis, Caller caller) throws OutOfDescriptorsException;
}
