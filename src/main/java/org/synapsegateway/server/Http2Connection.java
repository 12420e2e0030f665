// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http2.ConnectionOwner;
import org.synapsegateway.http2.FrameStream;
import org.synapsegateway.http2.Frames;
import org.synapsegateway.http2.SpareHeads;
import org.synapsegateway.http2.StreamOwner;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.net.Seal;
import org.synapsegateway.net.SharedBudget;
import org.synapsegateway.settings.Setting;

/**
 * One client's HTTP/2 connection: has a stream of its own carry each request, and ends when it has
 * been idle for too long, when its frames cannot be understood, or when the door closes and the
 * last reply has been sent. Confined to one event loop.
 */
final class Http2Connection extends ClientHandler implements ConnectionOwner {
  /** How long a client that says nothing may still send requests after it is told of the end. */
  private static final long MAX_LEAVING_MILLIS = 1_000;

  /**
   * What a client that keeps the rules may have on its way when the connection ends: bodies of the
   * size of the window, and some heads.
   */
  private static final int MAX_ON_ITS_WAY = Frames.WINDOW + 1024 * 1024;

  private enum State {
    /** It takes requests. */
    OPEN,
    /** The client is told that it ends, and may have asked for more before it hears that. */
    LEAVING,
    /** It takes no more, and those under way are answered. */
    DRAINING,
    /** The last bytes are being sent; what the client still sends is thrown away. */
    ENDING,
    CLOSED
  }

  private final FrontDoor door;
  private final Gate gate;
  private final Channel channel;
  private final Loop loop;
  private final Client peer;
  private final ConnectionLimits.Place place;
  private final ClientDeadline deadline;
  private final Frames frames;

  private State state = State.OPEN;
  private int streams;
  private boolean hasServed;

  /** Who sent the last request, which nearly always sends the next one; null for none. */
  private @Nullable Client lastClient;

  /** Whether a frame or a head has begun whose rest has not come. */
  private boolean awaitsRest;

  /** Null until it ends. */
  private @Nullable ConnectionCloser closer;

  /** The bytes that have been thrown away since. */
  private int skipped;

  /**
   * @param seal encrypts what leaves; null if nothing does
   */
  private Http2Connection(
      FrontDoor door,
      Gate gate,
      Channel channel,
      Loop loop,
      Client peer,
      ConnectionLimits.Place place,
      @Nullable Seal seal)
      throws Http2Exception {
    this.door = door;
    this.gate = gate;
    this.channel = channel;
    this.loop = loop;
    this.peer = peer;
    this.place = place;
    this.deadline = new ConnectionDeadline(loop);
    deadline.use(door.frontRoute().timeouts());
    this.frames = Frames.add(this, channel.pipeline(), loop, seal, maxStreams());
  }

  /**
   * Puts a connection behind what is in a channel's pipeline already.
   *
   * @param seal encrypts what leaves; null if nothing does
   */
  static void add(
      FrontDoor door,
      Gate gate,
      Channel channel,
      Loop loop,
      Client peer,
      ConnectionLimits.Place place,
      @Nullable Seal seal) {
    try {
      channel.pipeline().addLast(new Http2Connection(door, gate, channel, loop, peer, place, seal));
    } catch (Http2Exception e) {
      throw new IllegalStateException(e); // the settings are the gateway's own
    }
  }

  private int maxStreams() {
    return Math.max(1, door.frontRoute().settings().count(Setting.HTTP2_STREAMS_MAX));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline.watch();
    deadline.awaitHead();
    if (door.isClosing()) {
      endWhenIdle();
    }
  }

  // ---- requests

  @Override
  public HeadLimits headLimits() {
    return door.frontRoute().headLimits();
  }

  @Override
  public SpareHeads spareHeads() {
    return door.spareHeads(loop);
  }

  @Override
  public MemoryBudget uploadMemory() {
    return door.uploadMemory();
  }

  @Override
  public SharedBudget.Share headMemory() {
    return door.headMemory().of(door.owner(peer, this));
  }

  @Override
  public SharedBudget.Share replyMemory() {
    return loop.replyMemory().of(door.owner(peer, this));
  }

  @Override
  public StreamOwner begins(FrameStream stream, @Nullable StreamOwner before) {
    streams++;
    deadline.never();
    Http2Stream begun;
    if (before == null) {
      begun = new Http2Stream(door, gate, loop, peer, this, stream);
    } else {
      begun = (Http2Stream) before;
      begun.beginAgain();
    }
    if (hasServed) {
      begun.followsAnother(lastClient);
    }
    hasServed = true;
    if (door.isEnding(this)) {
      leave();
    }
    return begun;
  }

  /**
   * The place of a request: that of the connection if the request is alone, else one more, as a
   * connection of HTTP/1.1 would have. It may be refused.
   */
  ConnectionLimits.Place enter() {
    ConnectionLimits.Place each = streams > 1 ? door.place(peer) : place;
    Failure refusal = each.admit();
    if (refusal != null) {
      door.refused(refusal);
      if (each == place) {
        leave();
      }
    }
    return each;
  }

  /** A request has come from a client. */
  void cameFrom(@Nullable Client client) {
    lastClient = client;
  }

  @Override
  public void awaitsRest(boolean whether) {
    if (state != State.ENDING && state != State.CLOSED) {
      awaitsRest = whether;
      await();
    }
  }

  /** What the client has to do by when, as far as the connection goes. */
  private void await() {
    if (awaitsRest) {
      deadline.awaitHead();
    } else if (streams > 0) {
      deadline.never();
    } else {
      deadline.use(door.frontRoute().timeouts());
      deadline.awaitRequest();
    }
  }

  /**
   * A stream has ended.
   *
   * @param its the place of its request; null if it had none
   */
  void ended(ConnectionLimits.@Nullable Place its) {
    if (its != null && its != place) {
      its.leave();
    }
    streams--;
    if (streams > 0 || state == State.CLOSED || state == State.ENDING) {
      return;
    }
    if (state == State.DRAINING) {
      end();
    } else {
      await();
    }
  }

  @Override
  public boolean isIdle() {
    return hasServed && streams == 0 && state == State.OPEN;
  }

  // ---- the end

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == CLOSING) {
      endWhenIdle();
    }
  }

  private void endWhenIdle() {
    if (door.isClosing() || isIdle()) {
      leave();
    }
  }

  /** Ends in two steps, as a request may be on its way (RFC 9113 section 6.8). */
  private void leave() {
    if (state == State.OPEN) {
      state = State.LEAVING;
      frames.announceEnd();
      loop.eventLoop().schedule(this::drain, MAX_LEAVING_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void heardOfEnd() {
    drain();
  }

  /** Takes no more requests, and ends when those under way have been answered. */
  private void drain() {
    if (state == State.LEAVING) {
      state = State.DRAINING;
      frames.goAway();
      if (streams == 0) {
        end();
      }
    }
  }

  @Override
  public void broken() {
    end();
  }

  private void end() {
    if (state == State.ENDING || state == State.CLOSED) {
      return;
    }
    state = State.ENDING;
    deadline.use(door.frontRoute().timeouts());
    deadline.awaitTaking();
    closer = new ConnectionCloser(channel, deadline, door::isClosing, this::close);
    frames.stop();
    closer.flush(frames.out(), true);
  }

  @Override
  public void skip(ByteBuf bytes) {
    skipped += bytes.readableBytes();
    if (closer == null) {
      bytes.skipBytes(bytes.readableBytes());
    } else if (skipped > MAX_ON_ITS_WAY) {
      bytes.skipBytes(bytes.readableBytes());
      close();
    } else {
      closer.skip(bytes);
    }
  }

  @Override
  void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      deadline.forget();
      frames.discard();
      place.leave();
      channel.close();
    }
  }

  /** Ends a connection that has been idle for too long, or does not take its last bytes. */
  private final class ConnectionDeadline extends ClientDeadline {
    private ConnectionDeadline(Loop loop) {
      super(loop.deadlines());
    }

    @Override
    protected void expired() {
      if (state == State.OPEN && streams == 0 && !awaitsRest) {
        leave();
      } else if (awaitsRest && closer == null) {
        frames.giveUp();
        end();
      } else {
        close();
      }
    }
  }
}
