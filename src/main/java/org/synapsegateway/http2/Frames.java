// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Seal;
import org.synapsegateway.net.SharedBudget;
import org.synapsegateway.net.Turns;

/**
 * The frames of one client's connection: Netty's codec, with heads that are read and written by
 * {@link RequestSection} and {@link ReplyBlock}, and no channel a stream.
 *
 * <p>Confined to one event loop.
 */
public final class Frames extends Http2ConnectionHandler {
  /** The maximum number of bytes of all bodies together that a client may send ahead. */
  public static final int WINDOW = Windows.OF_CONNECTION + Windows.AHEAD;

  /**
   * How many bytes the kernel holds that it does not send yet, once the client has asked for
   * several things at a time. By itself it holds up to 4 MiB of a large reply, which others on the
   * connection would have to wait for; a lone one then costs a fifth less.
   */
  private static final Long MAX_UNSENT = 128L * 1024;

  private static final List<Object> NONE = List.of();

  private final ConnectionOwner owner;
  private final Turns turns;
  private final FrameWriter gather;
  private final Inlet in;
  private final Streams streams;
  private final Windows windows;
  private final ReplyWindows replies;
  private final SharedBudget.Share headMemory;
  private final SharedBudget.Share replyMemory;
  private final Credit credit = new Credit(System::nanoTime);

  @SuppressWarnings("NullAway.Init") // handlerAdded() sets it, before the first frame
  private ChannelHandlerContext ctx;

  /** Whether the client has asked for several things at a time. */
  private boolean shared;

  /** Whether further input is ignored. */
  private boolean broken;

  private Frames(
      ConnectionOwner owner,
      Loop loop,
      @Nullable Seal seal,
      Channel channel,
      Codec codec,
      int maxStreams) {
    super(codec.decoder(), codec.encoder(), codec.settings(), true, true);
    this.owner = owner;
    this.turns = loop.turns();
    this.in = new Inlet(channel, loop, new FrameReader(this, owner, turns));
    this.gather = new FrameWriter(loop, seal, in::resume);
    this.streams = new Streams(this, codec.key(), owner, turns, maxStreams);
    this.windows = codec.windows();
    this.replies = codec.replies();
    this.headMemory = owner.headMemory();
    this.replyMemory = owner.replyMemory();
    codec.sections().reader(streams);
    decoder().frameListener(streams);
    connection().addListener(streams.closing());
  }

  /**
   * Puts the frames of a connection before a channel.
   *
   * @param seal encrypts what is sent; null for a plain connection
   * @param maxStreams how many requests may be open at once
   */
  public static Frames add(
      ConnectionOwner owner,
      ChannelPipeline pipeline,
      Loop loop,
      @Nullable Seal seal,
      int maxStreams)
      throws Http2Exception {
    Codec codec = Codec.of(owner.headLimits(), maxStreams, owner.uploadMemory());
    Frames frames = new Frames(owner, loop, seal, pipeline.channel(), codec, maxStreams);
    pipeline.addLast(frames.gather).addLast(frames);
    return frames;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) throws Exception {
    ctx = added;
    super.handlerAdded(added);
    windows.begin();
  }

  /** What the client may send of the bodies of requests. */
  Windows windows() {
    return windows;
  }

  /** What the client takes of the bodies of replies. */
  ReplyWindows replies() {
    return replies;
  }

  /** The way of a stream's reply to the client. */
  Outgoing reply(Outgoing.Owner of) {
    return new Outgoing(replies, gather, replyMemory, of);
  }

  // ---- input

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    in.read((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    turnEnds();
  }

  /** This turn has read all that it may. */
  void turnEnds() {
    streams.pausing();
    flush(ctx);
  }

  /** Whether further input is ignored. */
  boolean isBroken() {
    return broken;
  }

  /** Whether to stop reading for now, as replies pile up that the client does not read. */
  boolean pausesIfFull() {
    if (gather.out().isFull()) {
      in.pause();
      return true;
    }
    return false;
  }

  /** A stream has begun beside others. */
  void beginsBesideOthers() {
    if (!shared && ctx.channel().isOpen()) {
      shared = true;
      ctx.channel().config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT);
    }
  }

  /** A stream has ended cleanly. */
  void giveBack(FrameStream ended) {
    streams.giveBack(ended);
  }

  SharedBudget.Share headMemory() {
    return headMemory;
  }

  SpareHeads spareHeads() {
    return owner.spareHeads();
  }

  Credit credit() {
    return credit;
  }

  /** Charges a cost, in frames, or ends the connection if the credit is not enough. */
  void pay(int cost) {
    if (!credit.pay(cost)) {
      onError(
          ctx,
          false,
          Http2Exception.connectionError(
              Http2Error.ENHANCE_YOUR_CALM, "too many frames that lead to nothing"));
    }
  }

  /** Reads a frame, or a part of the preface. */
  void read(ByteBuf frame) {
    try {
      decode(ctx, frame, NONE);
    } catch (Exception e) {
      onError(ctx, false, e);
    }
  }

  /** The client sends more than can be kept, against all rules. */
  void overflows() {
    ctx.close();
  }

  // ---- output

  /** Writes the head of a reply. */
  void sendHead(Http2Stream stream, ReplyBlock head) {
    gather.fields(stream.id(), head, false);
    stream.headersSent(head.head().isInterim());
  }

  void closeLocal(Http2Stream stream) {
    closeStreamLocal(stream, ctx.newSucceededFuture());
  }

  void reset(int id, Http2Error why) {
    streams.isReset(id);
    encoder().writeRstStream(ctx, id, why.code(), ctx.newPromise());
  }

  // ---- the end

  /**
   * Ignores frames that were under way when a stream was reset. Reports fields after the end of a
   * request as such, which Netty reports as too many fields (section 5.1).
   */
  @Override
  protected void onStreamError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException known) {
    turns.charge(Turns.MESSAGE);
    int id = known.streamId();
    if (known.error() == Http2Error.STREAM_CLOSED && streams.wasReset(id)) {
      return;
    }
    Http2Stream stream = connection().stream(id);
    if (known.error() == Http2Error.PROTOCOL_ERROR
        && stream != null
        && !stream.state().remoteSideOpen()) {
      reset(id, Http2Error.STREAM_CLOSED);
    } else {
      super.onStreamError(context, outbound, cause, known);
      streams.isReset(id);
    }
    pay(Credit.RESET);
  }

  /** Sends the reason only; the owner closes the connection. */
  @Override
  protected void onConnectionError(
      ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception known) {
    if (broken) {
      return;
    }
    broken = true;
    Http2Error why = known == null ? Http2Error.INTERNAL_ERROR : known.error();
    encoder()
        .frameWriter()
        .writeGoAway(
            ctx,
            connection().remote().lastStreamCreated(),
            why.code(),
            text(known),
            ctx.newPromise());
    closeStreams();
    owner.broken();
  }

  private void closeStreams() {
    try {
      connection()
          .forEachActiveStream(
              stream -> {
                stream.close();
                return true;
              });
    } catch (Http2Exception e) {
      throw new IllegalStateException(e); // none is thrown by what is called
    }
  }

  /** Ends all streams, because the client has not done its part in time. */
  public void giveUp() {
    goAway();
    broken = true;
    closeStreams();
  }

  /**
   * Announces the end of the connection, with a ping that the client answers. Requests that arrive
   * before that answer are still served (section 6.8).
   */
  public void announceEnd() {
    writeGoAway(Integer.MAX_VALUE);
    encoder().writePing(ctx, false, 0, ctx.newPromise());
    flush(ctx);
  }

  /** Announces that requests on new streams will not be served (section 6.8). */
  public void goAway() {
    writeGoAway(connection().remote().lastStreamCreated());
    flush(ctx);
  }

  private void writeGoAway(int last) {
    goAway(ctx, last, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
  }

  private static ByteBuf text(Http2Exception known) {
    return known == null
        ? Unpooled.EMPTY_BUFFER
        : Unpooled.wrappedBuffer(AsciiString.of(known.getMessage()).toByteArray());
  }

  /** Discards the waiting bytes of both directions. */
  public void discard() {
    in.close();
    gather.out().discard();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    discard();
    super.channelInactive(context);
  }

  /** Reads no more frames: further input is discarded. */
  public void stop() {
    broken = true;
    in.goOn();
  }

  /** The writer of the connection. */
  public CoalescingWriter out() {
    return gather.out();
  }
}
