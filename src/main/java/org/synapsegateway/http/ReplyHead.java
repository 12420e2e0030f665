// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The head of a worker's reply: status line and fields, and how its body is framed (RFC 9112
 * section 6.3).
 *
 * <p>Confined to one event loop.
 */
public final class ReplyHead extends Head {
  private String requestMethod = "";
  private int status;
  private int statusStart;

  public ReplyHead() {
    reset();
  }

  /** Parses a whole head that answers a method. */
  public static ReplyHead of(String text, String method) throws HttpException {
    ReplyHead head = new ReplyHead();
    head.answers(method);
    ByteBuf in = Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    if (!head.read(in, new HeadLimits(Integer.MAX_VALUE / 4, Integer.MAX_VALUE / 4))) {
      throw head.bad("the head has no end");
    }
    return head;
  }

  /** A 100 (Continue). */
  public static ReplyHead goOn() {
    try {
      return of("HTTP/1.1 100 Continue\r\n\r\n", "");
    } catch (HttpException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same head in arrays of its own, which no later reply takes. */
  public ReplyHead copy() {
    ReplyHead copy = new ReplyHead();
    copy.become(this);
    copy.requestMethod = requestMethod;
    copy.status = status;
    copy.statusStart = statusStart;
    return copy;
  }

  /**
   * The same fields with another status, framing and request.
   *
   * @param bytes the length of the body; -1 if it is chunked
   * @throws HttpException if there is no such status
   */
  public ReplyHead with(int newStatus, long bytes, String method) throws HttpException {
    StringBuilder text = new StringBuilder(256);
    if (newStatus == status) {
      text.append(text(0, fieldsStart()));
    } else {
      text.append(statusLine(newStatus));
    }
    appendFields(text);
    return of(text.append(framing(newStatus, bytes)).append("\r\n").toString(), method);
  }

  /** A status line with the usual words. */
  public static String statusLine(int status) {
    return "HTTP/1.1 " + status + " " + HttpResponseStatus.valueOf(status).reasonPhrase() + "\r\n";
  }

  /** The field line of a body's length, or of its chunking. */
  public static String framing(int status, long bytes) {
    if (status == 204 || status < 200) {
      return "";
    }
    return bytes < 0 ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + bytes + "\r\n";
  }

  /** Says what the reply answers, which decides whether it can have a body. */
  public void answers(String method) {
    requestMethod = Objects.requireNonNull(method, "method");
  }

  @Override
  public void reset() {
    super.reset();
    status = 0;
    statusStart = 0;
  }

  /** The status code, from 100 to 599. */
  public int status() {
    return status;
  }

  /** Whether this is an interim reply (RFC 9110 section 15.2), after which another one comes. */
  public boolean isInterim() {
    return status < 200;
  }

  /** Whether another protocol takes over the connection after it (RFC 9110 section 15.2.2). */
  public boolean isSwitch() {
    return status == 101;
  }

  /** Whether the message ends with its head, whatever its fields say. */
  public boolean isBodiless() {
    return status < 200 || status == 204 || status == 304 || "HEAD".equals(requestMethod);
  }

  /** Whether it answers a HEAD request. */
  public boolean answersHead() {
    return "HEAD".equals(requestMethod);
  }

  /** Whether the body ends where the connection ends. */
  public boolean isDelimitedByClose() {
    return !isBodiless() && !chunked && contentLength < 0;
  }

  /** Where the status code begins in {@link #bytes()}. */
  int statusStart() {
    return statusStart;
  }

  @Override
  Failure malformed() {
    return Failure.BAD_REPLY;
  }

  @Override
  Failure startLineTooLong() {
    return Failure.BAD_REPLY;
  }

  @Override
  Failure tooLarge() {
    return Failure.BAD_REPLY;
  }

  @Override
  void parseStartLine(int end) throws HttpException {
    byte[] b = bytes();
    if (end < 12
        || b[0] != 'H'
        || b[1] != 'T'
        || b[2] != 'T'
        || b[3] != 'P'
        || b[4] != '/'
        || b[5] != '1'
        || b[6] != '.'
        || !Octets.isDigit(b[7])
        || b[8] != ' '
        || !Octets.isDigit(b[9])
        || !Octets.isDigit(b[10])
        || !Octets.isDigit(b[11])
        || (end > 12 && b[12] != ' ')) {
      throw bad("the reply does not begin with a status line");
    }
    int allowed = Octets.valueEnd(b, 12, end);
    if (allowed < end) {
      throw bad("byte " + allowed + " of the status line is not allowed");
    }
    minorVersion = b[7] == '0' ? 0 : 1;
    statusStart = 9;
    status = (b[9] - '0') * 100 + (b[10] - '0') * 10 + b[11] - '0';
    if (status < 100 || status > 599) {
      throw bad("status " + status);
    }
  }

  @Override
  void conclude() throws HttpException {
    contentLength = FramingRules.contentLength(this);
    chunked = FramingRules.chunked(this);
    keepAlive = HopByHop.keepAlive(this) && !isDelimitedByClose();
  }
}
