// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/**
 * Composes the head of a request that did not arrive as text, and indexes its lines on the way:
 * readers of a head need not know by which version of HTTP it came.
 *
 * <p>The text is that of HTTP/1.1. Each name and value must have been checked before it gets here;
 * what needs all of the head is checked in the end, as in a head that has come as text. An instance
 * is used for one head after the other. Confined to one event loop.
 */
public final class HeadComposer {
  private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
  private static final byte[] CHUNKED = ascii("chunked");
  private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");
  private static final byte[] SPACE = {' '};
  private static final byte[] COLON = {':', ' '};
  private static final byte[] CRLF = {'\r', '\n'};

  /** Both are there from {@link #begin} to {@link #leave}. */
  @SuppressWarnings("NullAway.Init")
  private RequestHead head;

  @SuppressWarnings("NullAway.Init")
  private HeadLimits limits;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Begins with a head that is empty. */
  public void begin(RequestHead empty, HeadLimits within) {
    head = empty;
    head.comesByHttp2();
    limits = within;
  }

  /** Returns the head, complete. */
  @SuppressWarnings("NullAway") // nothing reads it before the next one begins
  public void leave() {
    head = null;
  }

  /**
   * Writes the request line.
   *
   * @param method a token
   * @param target an origin form or an asterisk, of the characters that a target may have
   */
  public void requestLine(AsciiString method, AsciiString target) throws HttpException {
    int most = limits.startLine();
    if ((long) method.length() + target.length() + VERSION.length - 1 > most) {
      throw new HttpException(
          head.startLineTooLong(), "the start line is longer than " + most + " bytes");
    }
    put(method);
    put(SPACE);
    put(target);
    put(VERSION);
    head.startLinePut();
  }

  /**
   * Writes a field line.
   *
   * @param name a token
   * @param value no control characters, and no white space around it
   */
  public void field(AsciiString name, AsciiString value) throws HttpException {
    int start = beginLine(name.length() + value.length());
    put(name);
    put(COLON);
    put(value);
    endLine(start, name.length());
  }

  /** Writes a field line whose value is these parts, with a separator between two. */
  public void field(AsciiString name, Iterable<AsciiString> values, AsciiString separator)
      throws HttpException {
    long size = name.length();
    for (AsciiString value : values) {
      size += value.length() + separator.length();
    }
    int start = beginLine(size);
    put(name);
    put(COLON);
    int valueStart = head.length;
    for (AsciiString value : values) {
      if (head.length > valueStart) {
        put(separator);
      }
      put(value);
    }
    endLine(start, name.length());
  }

  /**
   * The head is whole.
   *
   * @param bodiless whether nothing follows
   */
  public void end(boolean bodiless) throws HttpException {
    if (!bodiless && head.find(Field.CONTENT_LENGTH, 0) < 0) {
      // so that the text says what is the case, whoever reads it
      int start = beginLine(TRANSFER_ENCODING.length + CHUNKED.length);
      put(TRANSFER_ENCODING);
      put(COLON);
      put(CHUNKED);
      endLine(start, TRANSFER_ENCODING.length);
    }
    put(CRLF);
    head.allPut();
    if (bodiless && head.contentLength() > 0) {
      throw head.bad("the request ends before its body");
    }
  }

  /** Returns where the line begins, if there is room for its name and value. */
  private int beginLine(long size) throws HttpException {
    long after = head.length - head.fieldsStart() + size + COLON.length + CRLF.length;
    if (after > limits.fields()) {
      throw new HttpException(
          head.tooLarge(), "the fields are larger than " + limits.fields() + " bytes");
    }
    return head.length;
  }

  private void endLine(int start, int nameLength) throws HttpException {
    int nameEnd = start + nameLength;
    int valueEnd = head.length;
    put(CRLF);
    if (!head.add(start, nameEnd, nameEnd + COLON.length, valueEnd)) {
      throw new HttpException(head.tooLarge(), "more than " + FieldLines.MAX_FIELDS + " fields");
    }
  }

  private void put(AsciiString text) {
    head.put(text.array(), text.arrayOffset(), text.length());
  }

  private void put(byte[] text) {
    head.put(text, 0, text.length);
  }
}
