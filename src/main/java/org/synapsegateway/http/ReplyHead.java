package org.synapsegateway.http;

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

  /** Whether the message ends with its head, whatever its fields say. */
  public boolean isBodiless() {
    return status < 200 || status == 204 || status == 304 || "HEAD".equals(requestMethod);
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
