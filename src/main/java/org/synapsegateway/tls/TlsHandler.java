// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Seal;
import org.synapsegateway.net.Turns;

/**
 * The TLS of one connection, of a client or to a worker: decrypts what it receives, and encrypts
 * what it sends.
 *
 * <p>Both use memory of the loop, so a connection holds only its engine and the beginning of a
 * record. The records of one read are delivered together. A failure sends an alert, is reported to
 * {@link Handshakes}, and closes the connection without an exception. Confined to one event loop.
 */
public final class TlsHandler extends ChannelDuplexHandler implements Seal {
  /** Tells the handlers after it that the handshake is complete, and the client speaks HTTP/1.1. */
  public static final Object HTTP_1 = new Object();

  /** The same of a client that speaks HTTP/2. */
  public static final Object HTTP_2 = new Object();

  private static final Logger LOG = LoggerFactory.getLogger(TlsHandler.class);

  private static final int HEADER = 5;
  private static final int ALERT_RECORD = 0x15;
  private static final int HANDSHAKE_RECORD = 0x16;

  /** Of one that is not encrypted yet. */
  private static final int ALERT_SIZE = HEADER + 2;

  /** What a record may hold, and what may be added to that (RFC 5246 section 6.2.3). */
  private static final int MAX_PLAIN = 16 * 1024;

  private static final int MAX_RECORD = HEADER + MAX_PLAIN + 2048;

  /** A fatal alert, which TLS wants for a record that is too large (RFC 8446 section 5.1). */
  private static final byte[] RECORD_OVERFLOW = {ALERT_RECORD, 3, 3, 0, 2, 2, 22};

  /** How long the answer to plain HTTP may take. */
  private static final int PLAIN_SECONDS = 2;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /**
   * The cost of encrypting a byte, beside moving it: a full record takes about as long as a
   * request.
   */
  private static final int COST = Turns.MESSAGE / MAX_PLAIN;

  private enum State {
    BEGINNING,
    /** The first bytes have been received, and wait for a turn. */
    WAITING,
    HANDSHAKE,
    OPEN,
    /** The gateway has announced its end; bytes that the client still sends are ignored. */
    LINGERS,
    /** Nothing is decrypted any more, and nothing sealed. */
    ENDED
  }

  private final SSLEngine engine;
  private final Resumption resumption;
  private final Loop loop;
  private final Handshakes handshakes;
  private final int packetSize;

  private State state = State.BEGINNING;

  /** Set when the handler is added, before any event. */
  @SuppressWarnings("NullAway.Init")
  private ChannelHandlerContext ctx;

  /** The beginning of a record, in memory of its own; null if there is none. */
  private @Nullable ByteBuf kept;

  /** Whether the connection ends without close_notify, because its last reply has broken off. */
  private boolean broken;

  private boolean endTold;

  /** Returns whether a session was resumed by a ticket; the JDK's engine cannot say. */
  interface Resumption {
    boolean isResumed(SSLEngine engine);
  }

  TlsHandler(SSLEngine engine, Resumption resumption, Loop loop, Handshakes handshakes) {
    this.engine = engine;
    this.resumption = resumption;
    this.loop = loop;
    this.handshakes = handshakes;
    this.packetSize = engine.getSession().getPacketBufferSize();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
    if (engine.getUseClientMode()) {
      greet();
    }
  }

  /** Begins the handshake, which is the client's part. */
  private void greet() {
    state = State.HANDSHAKE;
    try {
      engine.beginHandshake();
      shakeHands(engine.getHandshakeStatus());
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  public boolean isHandshaking() {
    return state == State.WAITING || state == State.HANDSHAKE;
  }

  /** Whether the peer has sent close_notify, so that nothing was cut off. */
  public boolean isEndTold() {
    return endTold;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    state = State.ENDED;
    forget();
    ReferenceCountUtil.release(engine);
  }

  private void forget() {
    if (kept != null) {
      kept.release();
      kept = null;
    }
  }

  // ---- input

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (state == State.LINGERS) {
      context.fireChannelRead(in);
      return;
    }
    if (state == State.WAITING || mustWait(in)) {
      keepWhole(in);
      return;
    }
    ByteBuf out = loop.plaintext();
    try {
      if (state != State.BEGINNING || !in.isReadable() || begins(in)) {
        completeKept(in, out);
        decrypt(in, out);
        completeHandshake(out);
        keep(in);
      }
    } catch (SSLException e) {
      fail(e);
    } finally {
      in.release();
      handOn(out);
    }
  }

  private void handOn(ByteBuf out) {
    if (out.isReadable() && state != State.ENDED) {
      ctx.fireChannelRead(out);
    } else {
      out.release();
    }
  }

  /** Whether these bytes begin a handshake that has to wait for a later turn of the loop. */
  private boolean mustWait(ByteBuf in) {
    if (state != State.BEGINNING
        || !in.isReadable()
        || in.getByte(in.readerIndex()) != HANDSHAKE_RECORD
        || loop.starts().mayBegin(this::beginLater)) {
      return false;
    }
    state = State.WAITING;
    ctx.channel().config().setAutoRead(false);
    return true;
  }

  private void keepWhole(ByteBuf in) {
    if (kept == null) {
      kept = in.alloc().ioBuffer(in.readableBytes());
    }
    kept.writeBytes(in);
    in.release();
  }

  private void beginLater() {
    ByteBuf first = kept;
    if (state != State.WAITING || first == null) {
      return; // the client has gone
    }
    kept = null;
    state = State.HANDSHAKE;
    ctx.channel().config().setAutoRead(true);
    channelRead(ctx, first);
    ctx.fireChannelReadComplete();
  }

  /** Looks at the first byte of the connection; returns whether it begins a handshake. */
  private boolean begins(ByteBuf in) {
    byte first = in.getByte(in.readerIndex());
    state = State.HANDSHAKE;
    if (first == HANDSHAKE_RECORD) {
      return true;
    }
    state = State.ENDED;
    handshakes.failed(HandshakeFailure.NOT_TLS);
    if (first >= 'A' && first <= 'Z') {
      answerPlain();
    } else {
      ctx.close();
    }
    return false;
  }

  /** Reads on after the answer for a moment, because a reset could overtake it. */
  private void answerPlain() {
    ctx.writeAndFlush(handshakes.answerToPlain())
        .addListener(sent -> ((DuplexChannel) ctx.channel()).shutdownOutput());
    ctx.executor().schedule(() -> ctx.close(), PLAIN_SECONDS, TimeUnit.SECONDS);
  }

  /** Adds to the record that has begun, and decrypts it if it is whole now. */
  private void completeKept(ByteBuf in, ByteBuf out) throws SSLException {
    if (kept == null) {
      return;
    }
    int missing = missing(kept);
    while (missing > 0 && in.isReadable()) {
      kept.writeBytes(in, Math.min(missing, in.readableBytes()));
      missing = missing(kept);
    }
    if (missing == 0) {
      ByteBuf whole = kept;
      kept = null;
      try {
        decrypt(whole, out);
      } finally {
        whole.release();
      }
    }
  }

  /** How many bytes of a record are missing, as far as is known. */
  private static int missing(ByteBuf begun) throws SSLException {
    int have = begun.readableBytes();
    if (have < HEADER) {
      return HEADER - have;
    }
    int size = HEADER + begun.getUnsignedShort(begun.readerIndex() + 3);
    if (size > MAX_RECORD) {
      throw new RecordOverflow("a record of " + size + " bytes");
    }
    return size - have;
  }

  /** Thrown for a record that is too large to be given to an engine. */
  private static final class RecordOverflow extends SSLException {
    private static final long serialVersionUID = 1;

    private RecordOverflow(String message) {
      super(message);
    }
  }

  private void keep(ByteBuf in) throws SSLException {
    if (!in.isReadable() || state == State.ENDED) {
      return;
    }
    missing(in); // is it one at all?
    // no larger than what has been received: a large length alone allocates nothing
    kept = in.alloc().ioBuffer(in.readableBytes()).writeBytes(in);
  }

  /** Decrypts all records that are whole. */
  private void decrypt(ByteBuf in, ByteBuf out) throws SSLException {
    boolean more = true;
    while (more && state != State.ENDED && in.isReadable() && missing(in) <= 0) {
      more = unwrap(in, out);
    }
  }

  /**
   * Asks the engine to go on with the handshake: BoringSSL reports that the client's last message
   * has completed it only when it is called again, and the client may not say more by itself.
   */
  private void completeHandshake(ByteBuf out) throws SSLException {
    if (state == State.HANDSHAKE) {
      unwrap(Unpooled.EMPTY_BUFFER, out);
    }
  }

  /** Decrypts one record; returns whether there may be more to decrypt. */
  private boolean unwrap(ByteBuf in, ByteBuf out) throws SSLException {
    ByteBuffer from = view(in, in.readableBytes());
    ByteBuffer to = out.internalNioBuffer(out.writerIndex(), out.writableBytes());
    SSLEngineResult result = engine.unwrap(from, to);
    in.skipBytes(result.bytesConsumed());
    out.writerIndex(out.writerIndex() + result.bytesProduced());
    if (result.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      shakeHands(result.getHandshakeStatus());
    }
    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      endTold = true;
      // the peer's last message: as at the end of a plain connection, it does not wait for replies
      ctx.executor().execute(() -> ctx.channel().close());
      return false;
    }
    return result.bytesConsumed() > 0;
  }

  private static ByteBuffer view(ByteBuf bytes, int size) {
    return bytes.nioBufferCount() == 1
        ? bytes.internalNioBuffer(bytes.readerIndex(), size)
        : bytes.nioBuffer(bytes.readerIndex(), size);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (isHandshaking()) {
      handshakes.failed(HandshakeFailure.CLOSED);
    }
    state = State.ENDED;
    forget();
    context.fireChannelInactive();
  }

  // ---- the handshake

  private void shakeHands(HandshakeStatus first) throws SSLException {
    HandshakeStatus status = first;
    while (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP) {
      if (status == HandshakeStatus.NEED_TASK) {
        runTasks();
        status = engine.getHandshakeStatus();
      } else {
        status = answer();
      }
    }
    if (status == HandshakeStatus.FINISHED && state == State.HANDSHAKE) {
      state = State.OPEN;
      if (engine instanceof ReferenceCounted) {
        answer(); // BoringSSL has tickets ready to send, and does not report that
      }
      handshakes.succeeded(engine.getSession().getProtocol(), resumption.isResumed(engine));
      boolean http2 = ApplicationProtocolNames.HTTP_2.equals(engine.getApplicationProtocol());
      ctx.fireUserEventTriggered(http2 ? HTTP_2 : HTTP_1);
    }
    ctx.flush();
  }

  private void runTasks() {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
  }

  /** Writes the engine's own messages; returns what it needs after that. */
  private HandshakeStatus answer() throws SSLException {
    ByteBuf sealed = loop.sealed().setZero(0, ALERT_SIZE);
    SSLEngineResult result;
    try {
      result = engine.wrap(NOTHING, sealed.internalNioBuffer(0, sealed.writableBytes()));
    } catch (SSLException e) {
      if (sealed.getByte(0) == ALERT_RECORD) {
        // BoringSSL has an alert ready to send, and the engine does not report that
        ctx.write(copy(sealed.writerIndex(ALERT_SIZE)));
      }
      throw e;
    }
    if (result.bytesProduced() > 0) {
      ctx.write(copy(sealed.writerIndex(result.bytesProduced())));
    }
    if (result.getStatus() != SSLEngineResult.Status.OK) {
      return HandshakeStatus.NOT_HANDSHAKING;
    }
    return result.getHandshakeStatus();
  }

  private ByteBuf copy(ByteBuf sealed) {
    return ctx.alloc().ioBuffer(sealed.readableBytes()).writeBytes(sealed);
  }

  private void fail(SSLException cause) {
    boolean inHandshake = state == State.HANDSHAKE;
    LOG.debug("TLS with {} fails", ctx.channel().remoteAddress(), cause);
    if (inHandshake && cause instanceof RecordOverflow) {
      ctx.writeAndFlush(ctx.alloc().ioBuffer().writeBytes(RECORD_OVERFLOW));
    } else {
      sayWhy();
    }
    state = State.ENDED;
    if (inHandshake) {
      handshakes.failed(HandshakeFailure.of(cause), cause);
    }
    ctx.close();
  }

  /** Sends the alert that the engine has ready. */
  private void sayWhy() {
    try {
      HandshakeStatus status = HandshakeStatus.NEED_WRAP;
      while (status == HandshakeStatus.NEED_WRAP) {
        status = answer();
      }
    } catch (SSLException e) {
      LOG.debug("Ignored, because an earlier failure is being reported", e);
    }
    ctx.flush();
  }

  // ---- output

  @Override
  public void seal(ByteBuf plain, ByteBuf sealed) {
    try {
      while (state == State.OPEN && plain.isReadable() && sealed.writableBytes() >= packetSize) {
        if (wrap(plain, sealed) == 0) {
          return;
        }
      }
    } catch (SSLException e) {
      LOG.debug("TLS with {} fails", ctx.channel().remoteAddress(), e);
      state = State.ENDED;
    }
  }

  /** Seals one record; returns how many bytes it holds. */
  private int wrap(ByteBuf plain, ByteBuf sealed) throws SSLException {
    ByteBuffer from = view(plain, Math.min(plain.readableBytes(), MAX_PLAIN));
    ByteBuffer to = sealed.internalNioBuffer(sealed.writerIndex(), sealed.writableBytes());
    SSLEngineResult result = engine.wrap(from, to);
    plain.skipBytes(result.bytesConsumed());
    loop.turns().charge((long) result.bytesConsumed() * COST);
    sealed.writerIndex(sealed.writerIndex() + result.bytesProduced());
    return result.bytesConsumed();
  }

  @Override
  public void writeSealed(ByteBuf sealed, ChannelPromise promise) {
    ctx.write(sealed, promise);
  }

  /** Bytes that cannot be sent at once are encrypted in memory of their own. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    ByteBuf plain = (ByteBuf) message;
    if (!plain.isReadable()) {
      context.write(plain, promise);
      return;
    }
    ByteBuf sealed = context.alloc().ioBuffer(sealedSize(plain.readableBytes()));
    seal(plain, sealed);
    boolean whole = !plain.isReadable();
    plain.release();
    if (whole) {
      context.write(sealed, promise);
    } else {
      sealed.release();
      promise.setFailure(new ClosedChannelException());
    }
  }

  /**
   * Room for that many bytes and for a whole record after them, without which none is encrypted.
   */
  private int sealedSize(int plain) {
    int records = (plain + MAX_PLAIN - 1) / MAX_PLAIN;
    return plain + records * (packetSize - MAX_PLAIN) + MAX_PLAIN;
  }

  // ---- the end

  @Override
  public void breakOff() {
    broken = true;
  }

  @Override
  public void end() {
    if (state == State.OPEN && !broken) {
      engine.closeOutbound();
      sayWhy();
      state = State.LINGERS;
    } else if (state == State.HANDSHAKE) {
      handshakes.failed(HandshakeFailure.TIMEOUT);
      state = State.ENDED;
    }
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    end();
    state = State.ENDED;
    context.close(promise);
  }
}
