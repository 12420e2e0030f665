// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxySSLTLV;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Forwarded;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.net.Deadline;
import org.synapsegateway.net.Loop;

/**
 * Waits for the header of the PROXY protocol, version 1 or 2, with which a proxy begins a
 * connection (proxy-protocol.txt of HAProxy), and passes on the client that it names.
 *
 * <p>A header is never guessed: a connection that begins otherwise is closed, and so is one with an
 * unknown version, command or family, or with UDP or UNIX sockets. Confined to one event loop.
 */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {
  /** Beside the addresses, 216 bytes at most; a front's TLS and its own values take some 200. */
  static final int MAX_TLV_BYTES = 2_048;

  /** More than a header can have. */
  private static final int LARGE = 4 * 1024;

  private final Client peer;
  private final HeaderDeadline deadline;
  private final BiConsumer<Channel, Client> next;
  private final Runnable gone;

  private boolean done;

  /**
   * @param peer the proxy that sends the header
   * @param timeoutMillis how long it may take
   * @param next takes the connection and its client, and adds the handlers that serve it
   * @param gone run if the connection closes before
   */
  ProxyHeader(
      Client peer,
      Channel channel,
      Loop loop,
      long timeoutMillis,
      BiConsumer<Channel, Client> next,
      Runnable gone) {
    this.peer = peer;
    this.deadline = new HeaderDeadline(channel, loop);
    this.next = next;
    this.gone = gone;
    deadline.watch();
    deadline.in(timeoutMillis);
  }

  /** The decoder before it, which is removed after the header. */
  static ByteToMessageDecoder decoder() {
    HAProxyMessageDecoder decoder = new HAProxyMessageDecoder(MAX_TLV_BYTES);
    decoder.setCumulator(
        (alloc, sum, in) ->
            ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(
                alloc, sum, in.readableBytes() < LARGE ? copy(in) : in));
    return decoder;
  }

  /** Who waits for the rest of a header must not keep the buffer that all connections read into. */
  private static ByteBuf copy(ByteBuf in) {
    try {
      return in.alloc().ioBuffer(in.readableBytes()).writeBytes(in);
    } finally {
      in.release();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) {
    Client client = client(header);
    if (client == null) {
      ctx.close();
      return;
    }
    done = true;
    deadline.forget();
    next.accept(ctx.channel(), client);
    ctx.fireChannelActive();
    ctx.pipeline().remove(this);
  }

  /** The client that a header names; the peer itself if none; null if it makes no sense here. */
  private @Nullable Client client(HAProxyMessage header) {
    HAProxyProxiedProtocol protocol = header.proxiedProtocol();
    if (header.command() == HAProxyCommand.LOCAL || protocol == HAProxyProxiedProtocol.UNKNOWN) {
      return peer;
    }
    boolean isTcp =
        protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6;
    InetAddress source = isTcp ? AddressSet.numeric(header.sourceAddress()) : null;
    if (source == null) {
      return null;
    }
    return Forwarded.peer(
        new InetSocketAddress(source, header.sourcePort()),
        spokeTls(header) ? "https" : peer.scheme(),
        false);
  }

  /** Whether the proxy says that it has taken TLS off. */
  private static boolean spokeTls(HAProxyMessage header) {
    return header.tlvs().stream()
        .anyMatch(tlv -> tlv instanceof HAProxySSLTLV ssl && ssl.isPP2ClientSSL());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ClientEnd.CLOSING) {
      deadline.inFromNow(
          ClientEnd.LAST_REQUEST_MILLIS); // a header may be on its way, and a request
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // it is no header
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!done) {
      done = true;
      deadline.forget();
      gone.run();
    }
    ctx.fireChannelInactive();
  }

  /** Closes the connection if the header does not come. */
  private static final class HeaderDeadline extends Deadline {
    private final Channel channel;

    private HeaderDeadline(Channel channel, Loop loop) {
      super(loop.deadlines());
      this.channel = channel;
    }

    @Override
    protected void expired() {
      channel.close();
    }
  }
}
