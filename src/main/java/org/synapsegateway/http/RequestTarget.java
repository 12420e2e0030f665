// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import org.jspecify.annotations.Nullable;

/**
 * The head of a request, as far as its target goes: {@code path} and {@code query} are ranges of
 * it.
 *
 * <p>It is kept as it was sent. Nothing is decoded or normalised, because whoever signs a request
 * may sign the raw target. Confined to one event loop.
 */
public abstract class RequestTarget extends Head {
  private int targetStart;
  private int targetEnd;
  private int authorityStart;
  private int authorityEnd;
  private int pathStart;
  private int pathEnd;
  private int queryStart;

  RequestTarget() {}

  final void forgetTarget() {
    targetStart = 0;
    targetEnd = 0;
    authorityStart = -1;
    authorityEnd = -1;
    pathStart = 0;
    pathEnd = 0;
    queryStart = -1;
  }

  /** Takes over the ranges of another head's target, which are the same bytes. */
  final void takeTarget(RequestTarget other) {
    targetStart = other.targetStart;
    targetEnd = other.targetEnd;
    authorityStart = other.authorityStart;
    authorityEnd = other.authorityEnd;
    pathStart = other.pathStart;
    pathEnd = other.pathEnd;
    queryStart = other.queryStart;
  }

  /** The request target as it was sent, in whatever form (RFC 9112 section 3.2). */
  public final String target() {
    return text(targetStart, targetEnd);
  }

  /** Where the target begins in {@link #bytes()}; it ends at {@link #queryEnd()}. */
  public final int targetStart() {
    return targetStart;
  }

  /** The path as it was sent, without the query; {@code *} for the asterisk form. */
  public final String path() {
    return text(pathStart, pathEnd);
  }

  /** Where the path begins in {@link #bytes()}. */
  public final int pathStart() {
    return pathStart;
  }

  /** Where the path ends in {@link #bytes()}. */
  public final int pathEnd() {
    return pathEnd;
  }

  /** The query as it was sent, without its question mark; null if the target has none. */
  public final @Nullable String query() {
    return queryStart < 0 ? null : text(queryStart, targetEnd);
  }

  /** Where the query begins in {@link #bytes()}, or -1 if the target has none. */
  public final int queryStart() {
    return queryStart;
  }

  /** Where the query, or the target if it has none, ends in {@link #bytes()}. */
  public final int queryEnd() {
    return targetEnd;
  }

  /**
   * The raw value of the first query argument with this name, as nginx's {@code $arg_name} finds
   * it: the name in whatever case, nothing decoded; {@link Span#EMPTY} if it is absent or empty.
   *
   * @param lowerName the name in lower case
   */
  public final long argument(String lowerName) {
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
  public final boolean isAbsolute() {
    return authorityStart >= 0;
  }

  /** The host and port that the request is for; empty if an HTTP/1.0 client has not said it. */
  public final String authority() {
    if (isAbsolute()) {
      return text(authorityStart, authorityEnd);
    }
    int host = find(Field.HOST, 0);
    return host < 0 ? "" : value(host);
  }

  /** Path and query as they were sent. */
  public final String originForm() {
    return text(pathStart, targetEnd);
  }

  final int authorityStart() {
    return authorityStart;
  }

  final int authorityEnd() {
    return authorityEnd;
  }

  /** Finds where the target that begins here ends, which is returned. */
  final int findTarget(int start) throws HttpException {
    byte[] b = bytes();
    int at = start;
    while (Octets.isTarget(b[at])) {
      at++;
    }
    targetStart = start;
    targetEnd = at;
    if (at == start || b[at] != ' ') {
      throw bad("byte " + at + " of the request line is not allowed in a target");
    }
    return at;
  }

  /** Finds the parts of the target. */
  final void parseTarget(String method) throws HttpException {
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
