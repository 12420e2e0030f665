package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Outlet;
import org.synapsegateway.net.Seal;
import org.synapsegateway.net.Turns;

/**
 * The frames of one client's connection: Netty's codec, with heads that are read and written by
 * {@link RequestSection} and {@link ReplyEncoder}, and no channel a stream.
 *
 * <p>One frame after the other is read, so that other connections have their turn in between.
 * Confined to one event loop.
 */
public final class Frames extends Http2ConnectionHandler implements Inlet.Reader {
  /** Whose connection it is. */
  public interface Owner {
    /** A request begins, which somebody must answer. */
    FrameStream.Owner begins(FrameStream stream);

    /** How large a head may be. */
    HeadLimits headLimits();

    /** The connection cannot go on; what has been written says why. */
    void broken();

    /** Throws away what still comes on it. */
    void skip(ByteBuf bytes);
  }

  /** RFC 9113 section 6.5.2, and RFC 9218 section 2.1: the old priorities mean nothing here. */
  private static final char NO_RFC7540_PRIORITIES = 9;

  /** What each field of a list counts beside its bytes (RFC 9113 section 6.5.2). */
  private static final int OF_A_FIELD = 32;

  private static final int FRAME_HEADER = 9;
  private static final int MAX_FRAME = 16 * 1024;

  /** The bytes that each connection begins with, before its frames (section 3.4). */
  private static final int PREFACE = 24;

  /** As many streams are remembered on which something may still come that is of no use. */
  private static final int MAX_RESETS = 64;

  /** What a stream may have at once of a body that nobody takes. */
  private static final int WINDOW = 64 * 1024;

  /** How much of one reply is sent before another one has its turn. */
  private static final int SHARE = 16 * 1024;

  private static final int MAX_CONTINUATIONS = 8;
  private static final List<Object> NONE = List.of();

  private final Owner owner;
  private final Turns turns;
  private final Gather gather;
  private final Inlet in;
  private final RequestSection request;
  private final TrailerSection trailer;
  private final Http2Connection.PropertyKey key;
  private final List<FrameStream> reading = new ArrayList<>();

  private ChannelHandlerContext ctx;

  /** The request whose head is being read; null if none is. */
  private FrameStream next;

  /** The bytes of the preface that have not come. */
  private int preface = PREFACE;

  private boolean broken;

  /** Streams that have been reset here, which the client may not know yet. */
  private final int[] resets = new int[MAX_RESETS];

  private int resetCount;

  private Frames(
      Owner owner,
      Loop loop,
      Seal seal,
      Channel channel,
      Sections sections,
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings) {
    super(decoder, encoder, settings, true, true);
    this.owner = owner;
    this.turns = loop.turns();
    this.in = new Inlet(channel, loop, this);
    this.gather = new Gather(loop, seal, this::haveRoom);
    this.request = sections.request;
    this.trailer = sections.trailer;
    this.key = connection().newKey();
    sections.frames = this;
    decoder.frameListener(new Listener());
    encoder.flowController().listener(this::writabilityChanged);
    connection().addListener(new Closing());
  }

  /** Where the sections of all streams are read, and by whom. */
  private static final class Sections {
    private final RequestSection request = new RequestSection();
    private final TrailerSection trailer = new TrailerSection();
    private Frames frames;

    private Section of(int id) {
      return frames.section(id);
    }
  }

  /**
   * Puts the frames of a connection before a channel.
   *
   * @param seal encrypts what leaves; null if nothing does
   * @param maxStreams how many requests may be under way at once
   */
  public static Frames add(
      Owner owner, ChannelPipeline pipeline, Loop loop, Seal seal, int maxStreams)
      throws Http2Exception {
    HeadLimits limits = owner.headLimits();
    long maxSize =
        (long) limits.startLine() + limits.fields() + OF_A_FIELD * RequestSection.MAX_FIELDS;
    Http2Connection connection = new DefaultHttp2Connection(true, 0);
    connection.remote().maxActiveStreams(maxStreams);
    UniformStreamByteDistributor distributor = new UniformStreamByteDistributor(connection);
    distributor.minAllocationChunk(SHARE);
    connection
        .remote()
        .flowController(new DefaultHttp2RemoteFlowController(connection, distributor));
    connection.local().flowController(new DefaultHttp2LocalFlowController(connection));
    connection.local().flowController().initialWindowSize(WINDOW);
    Sections sections = new Sections();
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(
            connection, new DefaultHttp2FrameWriter(new ReplyEncoder()));
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            new DefaultHttp2FrameReader(
                new SectionDecoder(maxSize, sections::of), MAX_CONTINUATIONS),
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            false);
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(maxStreams)
            .initialWindowSize(WINDOW)
            .maxHeaderListSize(maxSize);
    settings.put(NO_RFC7540_PRIORITIES, Long.valueOf(1));
    Frames frames =
        new Frames(owner, loop, seal, pipeline.channel(), sections, decoder, encoder, settings);
    pipeline.addLast(frames.gather).addLast(frames);
    return frames;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) throws Exception {
    ctx = added;
    super.handlerAdded(added);
  }

  // ---- what comes in

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    in.read((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    turnEnds();
  }

  @Override
  public void turnEnds() {
    for (int i = 0; i < reading.size(); i++) {
      reading.get(i).pausing();
    }
    reading.clear();
    flushNow();
  }

  @Override
  public boolean readOn(ByteBuf bytes) {
    if (broken) {
      owner.skip(bytes);
      return false;
    }
    if (gather.out().isFull()) {
      in.pause(); // who takes no answers gets no further ones, which would pile up here
      return false;
    }
    int size = preface > 0 ? Math.min(preface, bytes.readableBytes()) : frameSize(bytes);
    if (size == 0) {
      return false;
    }
    preface = Math.max(0, preface - size);
    read(bytes.readSlice(size));
    return true;
  }

  private void read(ByteBuf frame) {
    try {
      decode(ctx, frame, NONE);
    } catch (Exception e) {
      onError(ctx, false, e);
    }
  }

  /** The bytes of the next frame, if it is whole or too large; else 0. */
  private int frameSize(ByteBuf bytes) {
    if (bytes.readableBytes() < FRAME_HEADER) {
      return 0;
    }
    int payload = bytes.getUnsignedMedium(bytes.readerIndex());
    if (payload > MAX_FRAME) {
      return FRAME_HEADER; // which is refused
    }
    return bytes.readableBytes() < FRAME_HEADER + payload ? 0 : FRAME_HEADER + payload;
  }

  @Override
  public Turns.Rank rank(ByteBuf rest, boolean hadShare) {
    return hadShare ? Turns.Rank.MUCH : Turns.Rank.LITTLE;
  }

  @Override
  public int maxUnread() {
    return 2 * WINDOW;
  }

  @Override
  public void overflows() {
    ctx.close();
  }

  private void haveRoom() {
    in.resume();
  }

  // ---- heads, bodies and trailers

  private Section section(int id) {
    Http2Stream stream = connection().stream(id);
    if (stream != null || connection().streamMayHaveExisted(id)) {
      trailer.begin();
      return trailer;
    }
    next = new FrameStream(this, id);
    request.begin(next.head(), owner.headLimits());
    return request;
  }

  private final class Listener extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int id,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean last) {
      turns.charge(Turns.MESSAGE);
      Http2Stream stream = connection().stream(id);
      FrameStream known = stream.getProperty(key);
      if (known != null) {
        known.trailers(trailer);
        return;
      }
      FrameStream begins = next;
      next = null;
      begins.owner(owner.begins(begins));
      stream.setProperty(key, begins);
      begins.begin(stream, request, last);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean last) {
      FrameStream stream = connection().stream(id).getProperty(key);
      reading.add(stream);
      stream.data(data, data.readableBytes() + padding, last);
      return 0; // who takes it gives it back
    }
  }

  /** Gives back what a client has sent, so that it may send as much again. */
  void giveBack(Http2Stream stream, int bytes) {
    try {
      decoder().flowController().consumeBytes(stream, bytes);
    } catch (Http2Exception e) {
      onError(ctx, true, e);
    }
  }

  // ---- what goes out

  ChannelFuture sendHeaders(int id, Http2Headers headers, boolean last) {
    return encoder().writeHeaders(ctx, id, headers, 0, last, ctx.newPromise());
  }

  void sendData(Http2Stream stream, ByteBuf bytes, boolean last, Runnable sent) {
    Outgoing part = new Outgoing(encoder().frameWriter(), stream.id(), bytes, last, sent);
    encoder().flowController().addFlowControlled(stream, part);
    writePending();
    part.keep();
  }

  private void writePending() {
    try {
      encoder().flowController().writePendingBytes();
    } catch (Http2Exception e) {
      onError(ctx, true, e);
    }
  }

  boolean isWritable(Http2Stream stream) {
    return encoder().flowController().isWritable(stream);
  }

  private void writabilityChanged(Http2Stream stream) {
    FrameStream writable = stream.getProperty(key);
    if (writable != null && isWritable(stream)) {
      writable.writeOn();
    }
  }

  void closeLocal(Http2Stream stream) {
    closeStreamLocal(stream, ctx.newSucceededFuture());
  }

  void reset(int id, Http2Error why) {
    resets[resetCount++ % MAX_RESETS] = id;
    encoder().writeRstStream(ctx, id, why.code(), ctx.newPromise());
  }

  /** Sends what has been written, and what waits and may be. */
  void flushNow() {
    flush(ctx);
  }

  // ---- the end

  private final class Closing extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream closed) {
      FrameStream stream = closed.getProperty(key);
      if (stream != null) {
        stream.gone();
      }
    }
  }

  /** What was on its way when a stream was reset is ignored (section 5.1). */
  @Override
  protected void onStreamError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException known) {
    if (known.error() != Http2Error.STREAM_CLOSED || !wasReset(known.streamId())) {
      super.onStreamError(context, outbound, cause, known);
    }
  }

  private boolean wasReset(int id) {
    for (int each : resets) {
      if (each == id) {
        return true;
      }
    }
    return false;
  }

  /** Says why, and no more: whoever owns the connection ends it. */
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

  /** Says that requests on new streams will not be served (section 6.8). */
  public void goAway() {
    goAway(
        ctx,
        connection().remote().lastStreamCreated(),
        Http2Error.NO_ERROR.code(),
        Unpooled.EMPTY_BUFFER,
        ctx.newPromise());
    flushNow();
  }

  private static ByteBuf text(Http2Exception known) {
    return known == null
        ? Unpooled.EMPTY_BUFFER
        : Unpooled.wrappedBuffer(AsciiString.of(known.getMessage()).toByteArray());
  }

  /** Reads no more frames: what still comes is thrown away. */
  public void stop() {
    broken = true;
    in.goOn();
  }

  /** The way out of the connection. */
  public Outlet out() {
    return gather.out();
  }

  /** The way in of the connection. */
  public Inlet in() {
    return in;
  }
}
