// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request: method, target and fields, checked as RFC 9112 section 3 and 6 ask of a
 * server.
 *
 * <p>Confined to one event loop.
 */
public final class RequestHead extends RequestTarget {
  private String method = "";
  private boolean expectsContinue;

  private static final Pattern ANOTHER_HTTP =
      Pattern.compile("(?i)(^|[,\\s])(h2c?|h3|HTTP|TLS)([,/\\s]|$)|^$");

  /** Whether it came by HTTP/2, and was made text here. */
  private boolean http2;

  public RequestHead() {
    reset();
  }

  /** Parses a whole head, for instance one that a test or a command made. */
  public static RequestHead of(String text) throws HttpException {
    RequestHead head = new RequestHead();
    ByteBuf in = Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    if (!head.read(in, new HeadLimits(Integer.MAX_VALUE / 4, Integer.MAX_VALUE / 4))) {
      throw head.bad("the head has no end");
    }
    return head;
  }

  /** The same head in arrays of its own, which no later request takes. */
  public RequestHead copy() {
    RequestHead copy = new RequestHead();
    copy.become(this);
    copy.method = method;
    copy.takeTarget(this);
    copy.expectsContinue = expectsContinue;
    copy.http2 = http2;
    return copy;
  }

  /**
   * The same fields under another request line.
   *
   * @param target begins with {@code /}, or names a scheme and an authority
   * @throws HttpException if a client could not have sent it
   */
  public RequestHead withTarget(String newMethod, String target) throws HttpException {
    int noToken = Octets.indexOfNoToken(newMethod);
    if (noToken >= 0) {
      throw bad("character " + noToken + " of a method that a route has set is not allowed");
    }
    for (int i = 0; i < target.length(); i++) {
      if (target.charAt(i) <= ' ' || target.charAt(i) > '~') {
        throw bad("character " + i + " of a target that a route has set is not allowed");
      }
    }
    String authority = target.startsWith("/") ? text(targetStart(), pathStart()) : "";
    return of(newMethod + " " + authority + target + version() + text(fieldsStart(), length()));
  }

  /**
   * The same request with a body of this length in bytes.
   *
   * @throws HttpException if it cannot have one
   */
  public RequestHead withBody(long bytes) throws HttpException {
    StringBuilder text = new StringBuilder(text(0, fieldsStart()));
    appendFields(text);
    if (bytes > 0 || hasBody() || "POST".equals(method) || "PUT".equals(method)) {
      text.append("Content-Length: ").append(bytes).append("\r\n");
    }
    return of(text.append("\r\n").toString());
  }

  /**
   * The same head without a field.
   *
   * @param lowerName in lower case
   */
  public RequestHead without(String lowerName) throws HttpException {
    if (find(lowerName, 0) < 0) {
      return this;
    }
    StringBuilder text = new StringBuilder(text(0, fieldsStart()));
    for (int line = 0; line < fieldCount(); line++) {
      if (!name(line).equalsIgnoreCase(lowerName)) {
        text.append(text(nameStart(line), lineEnd(line)));
      }
    }
    return of(text.append("\r\n").toString());
  }

  private String version() {
    return " HTTP/1." + minorVersion + "\r\n";
  }

  @Override
  public void reset() {
    super.reset();
    method = "";
    forgetTarget();
    expectsContinue = false;
    http2 = false;
  }

  /** Says that it comes by HTTP/2. */
  void comesByHttp2() {
    http2 = true;
  }

  /** The version of HTTP that the client speaks, times ten: 10, 11 or 20. */
  public int protocol() {
    return http2 ? 20 : 10 + minorVersion;
  }

  /** Whether it came by HTTP/2. */
  public boolean isHttp2() {
    return http2;
  }

  /** The method as it was sent; methods are case-sensitive. */
  public String method() {
    return method;
  }

  public boolean isHead() {
    return "HEAD".equals(method);
  }

  /**
   * The protocols that the client would go on with on this connection (RFC 9110 section 7.8); null
   * if there are none. Another HTTP counts as none, since requests in it would pass by the routes,
   * and so does TLS.
   */
  public @Nullable String upgrade() {
    int line = find(Field.UPGRADE, 0);
    if (line < 0
        || minorVersion() == 0
        || hasBody()
        || !isGet()
        || find(Field.UPGRADE, line + 1) >= 0
        || !HopByHop.isUpgrade(this)) {
      return null;
    }
    String protocols = value(line);
    return ANOTHER_HTTP.matcher(protocols).find() ? null : protocols;
  }

  private boolean isGet() {
    return "GET".equals(method());
  }

  /** Whether the client waits for a 100 (Continue) before it sends the body. */
  public boolean expectsContinue() {
    return expectsContinue;
  }

  /** Whether a body follows. */
  public boolean hasBody() {
    return chunked || contentLength > 0;
  }

  /** Whether the request may be sent twice: RFC 9110 section 9.2.2, for the methods it defines. */
  public boolean isIdempotent() {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE" -> true;
      default -> false;
    };
  }

  @Override
  Failure malformed() {
    return Failure.BAD_REQUEST;
  }

  @Override
  Failure startLineTooLong() {
    return Failure.TARGET_TOO_LONG;
  }

  @Override
  Failure tooLarge() {
    return Failure.HEAD_TOO_LARGE;
  }

  @Override
  void parseStartLine(int end) throws HttpException {
    byte[] b = bytes();
    int at = 0;
    while (Octets.isToken(b[at])) {
      at++;
    }
    if (at == 0 || b[at] != ' ') {
      throw bad("byte " + at + " of the request line is not allowed in a method");
    }
    method = methodName(at);
    int targetEnd = findTarget(at + 1);
    minorVersion = version(targetEnd + 1, end);
    parseTarget(method);
  }

  @Override
  void conclude() throws HttpException {
    FramingRules.checkHost(this);
    contentLength = FramingRules.contentLength(this);
    chunked = FramingRules.chunked(this);
    keepAlive = HopByHop.keepAlive(this);
    int expect = find(Field.EXPECT, 0);
    // RFC 9110 section 10.1.1: an expectation in an HTTP/1.0 request must be ignored
    expectsContinue =
        expect >= 0
            && minorVersion > 0
            && Octets.equalsIgnoreCase(
                bytes(), valueStart(expect), valueEnd(expect), "100-continue");
  }

  private String methodName(int end) {
    byte[] b = bytes();
    if (end == 3 && b[0] == 'G' && b[1] == 'E' && b[2] == 'T') {
      return "GET";
    }
    if (end == 3 && b[0] == 'P' && b[1] == 'U' && b[2] == 'T') {
      return "PUT";
    }
    if (end == 4 && b[0] == 'P' && b[1] == 'O' && b[2] == 'S' && b[3] == 'T') {
      return "POST";
    }
    return text(0, end);
  }

  private int version(int start, int end) throws HttpException {
    byte[] b = bytes();
    if (end - start != 8
        || b[start] != 'H'
        || b[start + 1] != 'T'
        || b[start + 2] != 'T'
        || b[start + 3] != 'P'
        || b[start + 4] != '/'
        || !Octets.isDigit(b[start + 5])
        || b[start + 6] != '.'
        || !Octets.isDigit(b[start + 7])) {
      throw bad("byte " + start + " of the request line does not begin an HTTP version");
    }
    if (b[start + 5] != '1') {
      throw new HttpException(Failure.VERSION_NOT_SUPPORTED, "HTTP/" + (char) b[start + 5]);
    }
    // RFC 9110 section 2.5: a higher minor version is processed as the highest one known
    return b[start + 7] == '0' ? 0 : 1;
  }
}
