// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The head of one HTTP/1 message: its bytes as they came, and where its fields lie in them.
 *
 * <p>A head is read into one array and indexed in one pass; names and values become strings only on
 * request. Whatever RFC 9112 says a recipient must refuse is refused here, so that a head that
 * parsed is clean on the wire when its bytes are written again. An instance is used again for the
 * next message on its connection. Confined to one event loop.
 */
public abstract class Head extends FieldLines {
  /** Arrays larger than this are not kept for the next message. */
  private static final int ORDINARY_BYTES = 4 * 1024;

  private static final int STEP = 256;

  /** How many bytes are looked through at a time, so that few of a body are taken for a head's. */
  private static final int READ_AT_ONCE = 2 * 1024;

  private int scanned;
  private int startLineEnd = -1;

  int minorVersion;
  long contentLength;
  boolean chunked;
  boolean keepAlive;

  /**
   * Takes bytes from {@code in} until the head is complete, and no byte of what follows it.
   *
   * @return true when the head is complete and has been parsed
   * @throws HttpException if it is not a valid head or breaks a limit; the connection cannot go on
   */
  public final boolean read(ByteBuf in, HeadLimits limits) throws HttpException {
    if (length == 0 && !skipEmptyLines(in)) {
      return false;
    }
    while (in.isReadable()) {
      if (readStep(in, limits)) {
        parse();
        return true;
      }
    }
    return false;
  }

  /** Takes the next bytes; returns whether the head is complete. */
  private boolean readStep(ByteBuf in, HeadLimits limits) throws HttpException {
    int before = length;
    int most = Math.min(Math.max(READ_AT_ONCE, length), limits.max() + 1 - length);
    int take = Math.min(in.readableBytes(), most);
    append(in, take);
    int end = findEnd();
    if (end < 0) {
      in.skipBytes(take);
      checkLimits(limits);
      return false;
    }
    in.skipBytes(end - before);
    length = end;
    shrink();
    checkLimits(limits);
    return true;
  }

  /** Forgets the message, so that the next one can be read. */
  public void reset() {
    if (bytes.length > ORDINARY_BYTES) {
      bytes = new byte[ORDINARY_BYTES];
    }
    forgetFields();
    length = 0;
    scanned = 0;
    startLineEnd = -1;
    contentLength = -1;
    chunked = false;
    keepAlive = true;
  }

  /** Makes this the same head as another one, in arrays of its own. */
  final void become(Head other) {
    bytes = Arrays.copyOf(other.bytes, other.length);
    length = other.length;
    scanned = other.scanned;
    startLineEnd = other.startLineEnd;
    copyFields(other);
    minorVersion = other.minorVersion;
    contentLength = other.contentLength;
    chunked = other.chunked;
    keepAlive = other.keepAlive;
  }

  /** Where the first field line begins. */
  final int fieldsStart() {
    return startLineEnd + 1;
  }

  /** Whether a part of a head has been read, but not its end. */
  public final boolean isStarted() {
    return length > 0;
  }

  /**
   * How many bytes this head holds beyond those that every connection is reckoned to need; 0 for
   * nearly all. Bytes behind the head are none of them.
   */
  public final int excess() {
    return Math.max(0, bytes.length - ORDINARY_BYTES);
  }

  /** The minor version of HTTP/1 that the sender speaks: 0, or 1 for anything later. */
  public final int minorVersion() {
    return minorVersion;
  }

  /** Whether the body comes in chunks. */
  public final boolean isChunked() {
    return chunked;
  }

  /** The bytes of the body as declared, or -1 if nothing was declared. */
  public final long contentLength() {
    return contentLength;
  }

  /** Whether the sender can use this connection after the message. */
  public final boolean isKeepAlive() {
    return keepAlive;
  }

  /** Parses the start line in {@code bytes[0, end)} where {@code end} is at its CR. */
  abstract void parseStartLine(int end) throws HttpException;

  /** Draws the conclusions that need all fields: framing, Host, what the connection does next. */
  abstract void conclude() throws HttpException;

  /** The failure of a broken head. */
  abstract Failure malformed();

  /** The failure of a start line above the limit. */
  abstract Failure startLineTooLong();

  /** The failure of fields above the limit. */
  abstract Failure tooLarge();

  final HttpException bad(String detail) {
    return new HttpException(malformed(), detail);
  }

  private boolean skipEmptyLines(ByteBuf in) throws HttpException {
    // RFC 9112 section 2.2: a server should ignore at least one empty line before the request line
    while (in.isReadable()) {
      byte b = in.getByte(in.readerIndex());
      if (b != '\r' && b != '\n') {
        return true;
      }
      if (b == '\n') {
        throw bad("a line feed without carriage return before the start line");
      }
      if (in.readableBytes() < 2) {
        return false;
      }
      if (in.getByte(in.readerIndex() + 1) != '\n') {
        throw bad("a carriage return without line feed before the start line");
      }
      in.skipBytes(2);
    }
    return false;
  }

  private void append(ByteBuf in, int take) {
    makeRoom(take);
    in.getBytes(in.readerIndex(), bytes, length, take);
    length += take;
  }

  private void makeRoom(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, steps(length + more)));
    }
  }

  /** Appends bytes, for a head that does not come as text. */
  final void put(byte[] from, int start, int size) {
    makeRoom(size);
    System.arraycopy(from, start, bytes, length, size);
    length += size;
  }

  /** The start line has been written, with its CRLF. */
  final void startLinePut() throws HttpException {
    startLineEnd = length - 1;
    parseStartLine(startLineEnd - 1);
  }

  /** All has been written, and the fields have been added. */
  final void allPut() throws HttpException {
    shrink();
    conclude();
  }

  /** A large head is held for as long as a long poll is, so it takes no more than it needs. */
  private void shrink() {
    int needed = steps(length);
    if (bytes.length > ORDINARY_BYTES && bytes.length > needed) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, ORDINARY_BYTES));
    }
  }

  private static int steps(int size) {
    return (size + STEP - 1) / STEP * STEP;
  }

  /**
   * The index after the empty line, or -1; a lone LF ends a line here so that it can be refused.
   */
  private int findEnd() {
    byte[] b = bytes;
    for (int i = Octets.lineFeed(b, Math.max(scanned, 1), length);
        i < length;
        i = Octets.lineFeed(b, i + 1, length)) {
      if (startLineEnd < 0) {
        startLineEnd = i;
      }
      if (b[i - 1] == '\n' || (i > 1 && b[i - 1] == '\r' && b[i - 2] == '\n')) {
        return i + 1;
      }
    }
    scanned = length;
    return -1;
  }

  private void checkLimits(HeadLimits limits) throws HttpException {
    int startLine = startLineEnd < 0 ? length : startLineEnd;
    if (startLine > limits.startLine() + 1) {
      throw new HttpException(
          startLineTooLong(), "the start line is longer than " + limits.startLine() + " bytes");
    }
    if (startLineEnd >= 0 && length - startLineEnd > limits.fields() + 3) {
      throw new HttpException(
          tooLarge(), "the fields are larger than " + limits.fields() + " bytes");
    }
  }

  private void parse() throws HttpException {
    if (bytes[startLineEnd - 1] != '\r') {
      throw bad("a start line that does not end with CRLF");
    }
    parseStartLine(startLineEnd - 1);
    int at = startLineEnd + 1;
    while (at < length - 2) {
      at = parseField(at);
    }
    if (bytes[length - 2] != '\r' || at != length - 2) {
      throw bad("a line that does not end with CRLF");
    }
    conclude();
  }

  private int parseField(int start) throws HttpException {
    byte[] b = bytes;
    int colon = start;
    while (Octets.isToken(b[colon])) {
      colon++;
    }
    if (colon == start || b[colon] != ':') {
      // covers line folding and white space before the colon: RFC 9112 sections 5.1 and 5.2
      throw bad("byte " + colon + " of the head is not allowed in a field name");
    }
    int from = colon + 1;
    while (Octets.isBlank(b[from])) {
      from++;
    }
    int end = Octets.valueEnd(b, from, length);
    if (b[end] != '\r' || b[end + 1] != '\n') {
      throw bad("byte " + end + " of the head is not allowed in a field value");
    }
    int to = end;
    while (to > from && Octets.isBlank(b[to - 1])) {
      to--;
    }
    if (!add(start, colon, from, to)) {
      throw new HttpException(tooLarge(), "more than " + MAX_FIELDS + " fields");
    }
    return end + 2;
  }
}
