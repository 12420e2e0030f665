// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes the framing off a body (RFC 9112 section 6.3) and hands its bytes on as they arrive, large
 * pieces without copying. Small chunks that arrive together are handed on as one piece.
 *
 * <p>Strict where leniency lets two recipients disagree: chunk sizes are plain hexadecimal, every
 * line ends with CRLF, chunk extensions are checked and dropped, and of trailer fields those stay
 * that {@link TrailerField} lets go on. Used again for the next message on its connection. Confined
 * to one event loop.
 */
public final class BodyDecoder {
  /** How many bytes of chunk extensions one body may have. */
  private static final int MAX_EXTENSIONS = 16 * 1024;

  private static final int MAX_SIZE_DIGITS = 15;

  /** A piece of this size is handed on without waiting for the next chunk. */
  private static final int LARGE = 8 * 1024;

  /** So is a body after this many bytes of framing, which cost as much. */
  private static final int MUCH_FRAMING = 4 * 1024;

  /** What a byte of framing costs, in bytes moved: each is looked at. */
  private static final int COST_OF_FRAMING = 32;

  private enum State {
    DONE,
    LENGTH,
    UNTIL_CLOSE,
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER
  }

  private final Failure malformed;
  private State state = State.DONE;
  private long left;
  private int digits;
  private int extensionBytes;
  private boolean quoted;
  private boolean escaped;
  private boolean extensionBegun;

  /** The trailers that are being read; null as long as none can come. */
  private @Nullable Trailers coming;

  private @Nullable String trailers;

  /**
   * @param malformed the failure of a badly framed body
   */
  public BodyDecoder(Failure malformed) {
    this.malformed = malformed;
  }

  /** Begins the body of a request. */
  public void begin(RequestHead head) {
    trailers = null;
    if (head.isChunked()) {
      beginChunks();
    } else {
      beginLength(head.contentLength());
    }
  }

  /** Begins the body of a reply. */
  public void begin(ReplyHead head) {
    trailers = null;
    if (head.isBodiless()) {
      state = State.DONE;
    } else if (head.isChunked()) {
      beginChunks();
    } else if (head.isDelimitedByClose()) {
      state = State.UNTIL_CLOSE;
    } else {
      beginLength(head.contentLength());
    }
  }

  /** Begins the bytes after a switch of protocols, until the connection ends. */
  public void beginSwitched() {
    trailers = null;
    state = State.UNTIL_CLOSE;
  }

  /** Whether the body is complete. */
  public boolean isDone() {
    return state == State.DONE;
  }

  /** Whether the end of the connection would end the body rightly. */
  public boolean isDelimitedByClose() {
    return state == State.UNTIL_CLOSE;
  }

  /** The remaining bytes of a body whose length is known; 0 for any other. */
  public long left() {
    return state == State.LENGTH ? left : 0;
  }

  /** Counts this many of the bytes {@link #left()} as delivered. */
  public void passed(long count) {
    left -= count;
    if (left == 0) {
      state = State.DONE;
    }
  }

  /** The trailer fields, as {@link BodySink#end} takes them. */
  public @Nullable String trailers() {
    return trailers;
  }

  /**
   * Takes the next piece of the body from {@code in} and hands it to the sink, which may have it
   * pause before the next one; stops at the end of the body.
   *
   * @return what the framing has cost, in bytes moved
   * @throws HttpException if the framing is broken; the connection cannot go on
   */
  public int decode(ByteBuf in, BodySink sink) throws HttpException {
    if (state == State.LENGTH || state == State.UNTIL_CLOSE) {
      takePlain(in, sink);
      return 0;
    }
    return decodeChunks(in, sink) * COST_OF_FRAMING;
  }

  private void takePlain(ByteBuf in, BodySink sink) {
    int length = in.readableBytes();
    if (state == State.LENGTH) {
      length = (int) Math.min(left, length);
      passed(length);
    }
    sink.data(in.readRetainedSlice(length));
  }

  /** Returns how many bytes were framing. */
  private int decodeChunks(ByteBuf in, BodySink sink) throws HttpException {
    int framing = 0;
    int start = in.readerIndex();
    int end = start;
    try {
      while (state != State.DONE && in.isReadable() && framing < MUCH_FRAMING) {
        if (state != State.DATA) {
          framing++;
          step(in.readByte());
          if (state == State.TRAILER && end > start) {
            // before the end of the body, which it may be too large for
            sink.data(in.retainedSlice(start, end - start));
            start = end;
          }
          continue;
        }
        int length = (int) Math.min(left, in.readableBytes());
        if (end > start && (end - start >= LARGE || length >= LARGE)) {
          return framing;
        }
        if (end == start) {
          start = in.readerIndex();
          end = start;
        } else {
          // over the framing, which has been read
          in.setBytes(end, in, in.readerIndex(), length);
        }
        in.skipBytes(length);
        end += length;
        chunkTaken(length);
      }
      return framing;
    } finally {
      if (end > start) {
        sink.data(in.retainedSlice(start, end - start));
      }
    }
  }

  private void chunkTaken(int length) {
    left -= length;
    if (left == 0) {
      state = State.DATA_CR;
    }
  }

  private void beginLength(long length) {
    left = Math.max(length, 0);
    state = left > 0 ? State.LENGTH : State.DONE;
  }

  private void beginChunks() {
    state = State.SIZE;
    left = 0;
    digits = 0;
    extensionBytes = 0;
  }

  private void step(byte b) throws HttpException {
    switch (state) {
      case SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> {
        expect(b, '\n', "a chunk size");
        if (left == 0) {
          coming = new Trailers();
          state = State.TRAILER;
        } else {
          state = State.DATA;
        }
      }
      case DATA_CR -> {
        expect(b, '\r', "a chunk");
        state = State.DATA_LF;
      }
      case DATA_LF -> {
        expect(b, '\n', "a chunk");
        digits = 0;
        state = State.SIZE;
      }
      case TRAILER -> {
        Trailers reading = Objects.requireNonNull(coming);
        String fault = reading.add(b);
        if (fault != null) {
          throw bad(fault);
        }
        if (reading.isWhole()) {
          trailers = reading.fields();
          coming = null;
          state = State.DONE;
        }
      }
      default -> throw new IllegalStateException(state.name());
    }
  }

  private void size(byte b) throws HttpException {
    int digit = Octets.hex(b);
    if (digit >= 0) {
      if (digits == 0) {
        left = 0;
      }
      if (++digits > MAX_SIZE_DIGITS) {
        throw bad("a chunk size has more than " + MAX_SIZE_DIGITS + " digits");
      }
      left = left << 4 | digit;
    } else if (digits == 0) {
      throw bad("a chunk does not begin with its size");
    } else if (b == '\r') {
      state = State.SIZE_LF;
    } else if (b == ';' || Octets.isBlank(b)) {
      quoted = false;
      escaped = false;
      extensionBegun = b == ';';
      state = State.EXTENSION;
    } else {
      throw bad("a chunk size is not a hexadecimal number");
    }
  }

  private void extension(byte b) throws HttpException {
    if (++extensionBytes > MAX_EXTENSIONS) {
      throw bad("chunk extensions are larger than " + MAX_EXTENSIONS + " bytes");
    }
    if (b == '\r' && !quoted && extensionBegun) {
      state = State.SIZE_LF;
    } else if (!Octets.isValue(b)) {
      throw bad("a chunk extension holds a control character");
    } else if (!extensionBegun) {
      if (b == ';') {
        extensionBegun = true;
      } else if (!Octets.isBlank(b)) {
        throw bad("a chunk size is followed by something else than an extension");
      }
    } else if (escaped) {
      escaped = false;
    } else if (quoted && b == '\\') {
      escaped = true;
    } else if (b == '"') {
      quoted = !quoted;
    }
  }

  private void expect(byte b, char wanted, String what) throws HttpException {
    if (b != wanted) {
      throw bad(what + " does not end with CRLF");
    }
  }

  private HttpException bad(String detail) {
    return new HttpException(malformed, detail);
  }
}
