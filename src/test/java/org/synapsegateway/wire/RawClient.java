// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * A client that sends exactly the bytes it is given and reads replies without any leniency.
 *
 * <p>Nothing is added, repaired or guessed: what a test sends is what stands in it.
 */
public final class RawClient implements AutoCloseable {
  private final Wire wire;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;

  private RawClient(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    local = (InetSocketAddress) channel.getLocalAddress();
    remote = (InetSocketAddress) channel.getRemoteAddress();
    wire = new Wire(channel);
  }

  /** Connects to a port of 127.0.0.1. */
  public static RawClient connect(int port) throws IOException {
    return connect(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
  }

  /** Connects to a port of 127.0.0.1 from another IPv4 address of this machine. */
  public static RawClient connectFrom(InetAddress local, int port) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
    try {
      channel.bind(new InetSocketAddress(local, 0));
      channel.connect(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
      return new RawClient(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Connects to an address. */
  public static RawClient connect(SocketAddress address) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.connect(address);
      return new RawClient(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Connects with a receive buffer as small as the system allows, so that a client that stops
   * reading is felt soon.
   */
  public static RawClient connectNarrow(int port) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 1024);
      channel.connect(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
      return new RawClient(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Sends a text, one byte a char. */
  public RawClient send(String text) throws IOException {
    wire.send(text);
    return this;
  }

  /**
   * Sends pieces, each only after the peer has read the one before, so that it sees the message
   * split exactly there.
   */
  public RawClient sendPieces(String... pieces) throws IOException {
    for (String piece : pieces) {
      wire.send(piece);
      awaitTaken();
    }
    return this;
  }

  /** Sends a text byte by byte, each only after the peer has read the one before. */
  public RawClient sendBytewise(String text) throws IOException {
    return sendPieces(text.split("(?!^)(?!$)", -1));
  }

  /** Waits until the peer has read all that was sent. */
  public void awaitTaken() throws IOException {
    ReceiveQueue.awaitEmpty(local, remote, Wire.PATIENCE);
  }

  /** Reads the next reply, interim ones included, as one to a request that is no HEAD. */
  public RawMessage readReply() throws IOException {
    return RawMessage.readReply(wire, "GET");
  }

  /** Reads the next reply as one to a request with this method. */
  public RawMessage readReply(String method) throws IOException {
    return RawMessage.readReply(wire, method);
  }

  /** Sends a request that is no HEAD and reads its reply. */
  public RawMessage exchange(String request) throws IOException {
    return send(request).readReply();
  }

  /** Reads the head of a reply; {@link #readBody} reads what follows it. */
  public RawHead readHead() throws IOException {
    RawHead head = RawHead.read(wire);
    head.checkReply();
    return head;
  }

  /** Reads the body of a reply to a request that is no HEAD, whole or not. */
  public RawBody readBody(RawHead head) throws IOException {
    return RawBody.ofReply(wire, head, "GET");
  }

  /** Reads exactly this many bytes. */
  public String read(int count) throws IOException {
    return wire.take(count);
  }

  /** Reads everything until the peer ends the connection. */
  public String readToEnd() throws IOException {
    return wire.takeAll();
  }

  /** Waits until the peer has ended the connection, and says how. */
  public Wire.End awaitEnd() throws IOException {
    return wire.awaitEnd();
  }

  /** Waits until the peer has ended the connection or the time has passed. */
  public Wire.End awaitEnd(Duration patience) throws IOException {
    return wire.awaitEnd(patience);
  }

  /** Ends the output: the peer sees the end of its input, and can still reply. */
  public void endOutput() throws IOException {
    wire.endOutput();
  }

  /** Resets the connection. */
  public void reset() throws IOException {
    wire.resetOnClose();
    wire.close();
  }

  /** The connection, for what has no name here. */
  public Wire wire() {
    return wire;
  }

  /** The port that the peer sees. */
  public int localPort() {
    return local.getPort();
  }

  @Override
  public void close() {
    wire.close();
  }
}
