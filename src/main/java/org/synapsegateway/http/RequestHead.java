package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * The head of a request: method, target and fields, checked as RFC 9112 section 3 and 6 ask of a
 * server.
 *
 * <p>The target is kept as it was sent; {@code path} and {@code query} are ranges of it. Nothing is
 * decoded or normalised, because Synapse's federation signatures cover the raw target. Confined to
 * one event loop.
 */
public final class RequestHead extends Head {
  private String method = "";
  private int targetStart;
  private int targetEnd;
  private int authorityStart;
  private int authorityEnd;
  private int pathStart;
  private int pathEnd;
  private int queryStart;
  private boolean expectsContinue;

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
    copy.targetStart = targetStart;
    copy.targetEnd = targetEnd;
    copy.authorityStart = authorityStart;
    copy.authorityEnd = authorityEnd;
    copy.pathStart = pathStart;
    copy.pathEnd = pathEnd;
    copy.queryStart = queryStart;
    copy.expectsContinue = expectsContinue;
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
    String authority = target.startsWith("/") ? text(targetStart, pathStart) : "";
    return of(newMethod + " " + authority + target + version() + text(fieldsStart(), length()));
  }

  /**
   * The same request with a body of so many bytes.
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
    targetStart = 0;
    targetEnd = 0;
    authorityStart = -1;
    authorityEnd = -1;
    pathStart = 0;
    pathEnd = 0;
    queryStart = -1;
    expectsContinue = false;
  }

  /** The method as it was sent; methods are case-sensitive. */
  public String method() {
    return method;
  }

  public boolean isHead() {
    return "HEAD".equals(method);
  }

  /** The request target as it was sent, in whatever form (RFC 9112 section 3.2). */
  public String target() {
    return text(targetStart, targetEnd);
  }

  /** Where the target begins in {@link #bytes()}; it ends at {@link #queryEnd()}. */
  public int targetStart() {
    return targetStart;
  }

  /** The path as it was sent, without the query; {@code *} for the asterisk form. */
  public String path() {
    return text(pathStart, pathEnd);
  }

  /** Where the path begins in {@link #bytes()}. */
  public int pathStart() {
    return pathStart;
  }

  /** Where the path ends in {@link #bytes()}. */
  public int pathEnd() {
    return pathEnd;
  }

  /** The query as it was sent, without its question mark; null if the target has none. */
  public String query() {
    return queryStart < 0 ? null : text(queryStart, targetEnd);
  }

  /** Where the query begins in {@link #bytes()}, or -1 if the target has none. */
  public int queryStart() {
    return queryStart;
  }

  /** Where the query, or the target if it has none, ends in {@link #bytes()}. */
  public int queryEnd() {
    return targetEnd;
  }

  /**
   * The raw value of the first query argument with this name, as nginx's {@code $arg_name} finds
   * it: the name in whatever case, nothing decoded; {@link Span#EMPTY} if it is absent or empty.
   *
   * @param lowerName the name in lower case
   */
  public long argument(String lowerName) {
    byte[] b = bytes();
    int at = queryStart;
    while (at >= 0 && at < targetEnd) {
      int end = at;
      int equals = -1;
      while (end < targetEnd && b[end] != '&') {
        if (equals < 0 && b[end] == '=') {
          equals = end;
        }
        end++;
      }
      if (equals >= 0 && Octets.equalsIgnoreCase(b, at, equals, lowerName)) {
        return Span.of(equals + 1, end);
      }
      at = end + 1;
    }
    return Span.EMPTY;
  }

  /** Whether the target names a scheme and an authority, which count instead of the Host field. */
  public boolean isAbsolute() {
    return authorityStart >= 0;
  }

  /** The host and port that the request is for; empty if an HTTP/1.0 client has not said it. */
  public String authority() {
    if (isAbsolute()) {
      return text(authorityStart, authorityEnd);
    }
    int host = find(Field.HOST, 0);
    return host < 0 ? "" : value(host);
  }

  /** Path and query as they were sent. */
  public String originForm() {
    return text(pathStart, targetEnd);
  }

  int authorityStart() {
    return authorityStart;
  }

  int authorityEnd() {
    return authorityEnd;
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
    targetStart = at + 1;
    at = targetStart;
    while (Octets.isTarget(b[at])) {
      at++;
    }
    targetEnd = at;
    if (at == targetStart || b[at] != ' ') {
      throw bad("byte " + at + " of the request line is not allowed in a target");
    }
    minorVersion = version(at + 1, end);
    parseTarget();
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

  private void parseTarget() throws HttpException {
    byte[] b = bytes();
    if ("CONNECT".equals(method) || "TRACE".equals(method)) {
      // a gateway is no tunnel (RFC 9110 section 9.3.6), and TRACE would show what it adds (9.3.8)
      throw new HttpException(Failure.METHOD_NOT_ALLOWED, "method " + method);
    }
    int start = targetStart;
    if (b[targetStart] == '*') {
      if (targetEnd != targetStart + 1 || !"OPTIONS".equals(method)) {
        throw bad("an asterisk target is for OPTIONS only");
      }
    } else if (b[targetStart] != '/') {
      start = parseAbsolute();
    }
    int at = start;
    while (at < targetEnd && b[at] != '?') {
      at++;
    }
    // both or none: a head that is refused midway is asked for its path too
    pathStart = start;
    pathEnd = at;
    queryStart = at < targetEnd ? at + 1 : -1;
  }

  /** RFC 9112 section 3.2.2; returns where the path begins. */
  private int parseAbsolute() throws HttpException {
    byte[] b = bytes();
    int at = targetStart;
    while (at < targetEnd && b[at] != ':') {
      at++;
    }
    boolean web =
        Octets.equalsIgnoreCase(b, targetStart, at, "http")
            || Octets.equalsIgnoreCase(b, targetStart, at, "https");
    if (!web || at + 2 >= targetEnd || b[at + 1] != '/' || b[at + 2] != '/') {
      throw bad("a target must begin with \"/\" or with http:// or https://");
    }
    authorityStart = at + 3;
    at = authorityStart;
    while (at < targetEnd && b[at] != '/' && b[at] != '?') {
      at++;
    }
    authorityEnd = at;
    if (authorityEnd == authorityStart || !FramingRules.isHost(b, authorityStart, authorityEnd)) {
      throw bad("the target's authority is not a host and port");
    }
    return at;
  }
}
