package org.synapsegateway.net;

import io.netty.channel.ChannelPipeline;

/** Puts TLS before what serves a connection that has been accepted. Safe for any thread. */
@FunctionalInterface
public interface TlsFront {
  /**
   * Adds TLS at the end of a connection's pipeline. What it decrypts goes on to the handler behind
   * it, and what that one writes is encrypted. Called on the connection's event loop, before a byte
   * of TLS has been handed on; the channel may be active already.
   */
  void addTo(ChannelPipeline pipeline);
}
