// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.net.Turns;
import org.synapsegateway.net.TurnsOf;

/** A server that sends back over TLS what it gets, at the pace of its client. */
final class TlsEcho implements Handshakes, AutoCloseable {
  private static final int RECORD = 16 * 1024;

  private final Loops loops = new Loops(1);
  private final Channel listener;
  private volatile TlsHandler last;

  /** What has become of handshakes, and of connections. */
  final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  TlsEcho(Tls tls, int port) {
    listener =
        new ServerBootstrap()
            .group(loops.group())
            .channel(
                loops.isNative() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Loop loop = loops.of(channel.eventLoop());
                    TlsHandler handler = tls.handler(channel, loop, TlsEcho.this, false);
                    last = handler;
                    channel.pipeline().addLast(handler, new Echo(channel, loop, handler));
                  }
                })
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Encrypts so many records for the last connection; returns whether that took the turn. */
  boolean encrypts(int records) throws Exception {
    Loop loop = loops.all().get(0);
    ByteBuf plain = Unpooled.buffer(RECORD).writeZero(RECORD);
    return loop.eventLoop()
        .submit(
            () -> {
              for (int i = 0; i < records; i++) {
                last.seal(plain.readerIndex(0), loop.sealed());
              }
              return TurnsOf.isOver(loop);
            })
        .get();
  }

  /** Keeps the loop from looking at what comes until then, so that much comes at once. */
  void occupy(CountDownLatch until) {
    loops
        .all()
        .get(0)
        .eventLoop()
        .execute(
            () -> {
              try {
                until.await(1, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Override
  public void succeeded(String version, boolean resumed) {
    events.add(version + (resumed ? " resumed" : " full"));
  }

  @Override
  public void failed(HandshakeFailure reason) {
    events.add("failed " + reason.tag());
  }

  @Override
  public ByteBuf answerToPlain() {
    return Unpooled.copiedBuffer("speak TLS", StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    loops.close();
  }

  /** A first byte {@code q} asks for the end, and {@code x} for one that breaks off. */
  private static final class Echo extends ChannelInboundHandlerAdapter
      implements Inlet.Reader, CoalescingWriter.Writer {
    private final Channel channel;
    private final Inlet in;
    private final CoalescingWriter out;

    private Echo(Channel channel, Loop loop, TlsHandler seal) {
      this.channel = channel;
      this.in = new Inlet(channel, loop, this);
      this.out = new CoalescingWriter(channel, loop, seal, this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      in.read((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      out.flush();
    }

    @Override
    public boolean readOn(ByteBuf bytes) {
      byte first = bytes.getByte(bytes.readerIndex());
      out.write(bytes.readRetainedSlice(bytes.readableBytes()));
      if (first == 'q') {
        out.send().addListener(sent -> out.end());
      } else if (first == 'x') {
        out.flush();
        out.breakOff();
        channel.close();
      } else if (out.isFull()) {
        in.pause();
      }
      return true;
    }

    @Override
    public void writeOn() {
      in.resume();
    }

    @Override
    public Turns.Rank rank(ByteBuf rest, boolean hadShare) {
      return Turns.Rank.LITTLE;
    }

    @Override
    public void turnEnds() {
      out.flush();
    }

    @Override
    public int maxUnread() {
      return 16 * 1024;
    }

    @Override
    public void overflows() {
      throw new AssertionError("more than it may keep");
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      in.close();
      out.discard();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      channel.close();
    }
  }
}
