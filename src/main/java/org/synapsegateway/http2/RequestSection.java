// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadComposer;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.Octets;
import org.synapsegateway.http.RequestHead;

/**
 * Makes the head of a request from a field section by the rules of RFC 9113 section 8, and refuses
 * malformed sections, so that no worker sees them. Confined to one event loop.
 */
final class RequestSection implements Section {
  /**
   * The maximum number of fields. Pieces of cookies count too, because a field costs more memory
   * here than on the wire.
   */
  static final int MAX_FIELDS = 200;

  private static final AsciiString HOST = AsciiString.cached("host");
  private static final AsciiString COOKIE = AsciiString.cached("cookie");
  private static final AsciiString BETWEEN_CRUMBS = AsciiString.cached("; ");
  private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
  private static final AsciiString ASTERISK = AsciiString.cached("*");

  private final HeadComposer composer = new HeadComposer();
  private final List<AsciiString> crumbs = new ArrayList<>(0);

  private @Nullable AsciiString method;
  private @Nullable AsciiString scheme;
  private @Nullable AsciiString path;
  private @Nullable AsciiString authority;
  private boolean hasHost;

  /** Whether the request line has been written, so that no pseudo-header field may follow. */
  private boolean begun;

  private int count;
  private @Nullable HttpException fault;

  /** Begins with a head that is empty. */
  void begin(RequestHead empty, HeadLimits limits) {
    composer.begin(empty, limits);
    method = null;
    scheme = null;
    path = null;
    authority = null;
    hasHost = false;
    begun = false;
    count = 0;
    fault = null;
    crumbs.clear();
  }

  /**
   * The section has ended.
   *
   * @param bodiless whether nothing of the request follows
   * @throws HttpException if the request cannot be sent to a worker
   */
  void end(boolean bodiless) throws HttpException {
    try {
      if (fault != null) {
        throw fault;
      }
      beginFields();
      if (!crumbs.isEmpty()) {
        composer.field(COOKIE, crumbs, BETWEEN_CRUMBS);
      }
      composer.end(bodiless);
    } finally {
      composer.leave();
      crumbs.clear();
    }
  }

  @Override
  public void isTooLarge() {
    if (fault == null) {
      fault = new HttpException(Failure.HEAD_TOO_LARGE, "the fields are too large");
    }
  }

  @Override
  public void field(AsciiString name, AsciiString value) {
    if (fault != null) {
      return;
    }
    try {
      take(name, value);
    } catch (HttpException e) {
      fault = e;
    }
  }

  private void take(AsciiString name, AsciiString value) throws HttpException {
    if (++count > MAX_FIELDS) {
      throw new HttpException(Failure.HEAD_TOO_LARGE, "more than " + MAX_FIELDS + " fields");
    }
    if (FieldRules.isPseudo(name)) {
      takePseudo(name, value);
      return;
    }
    beginFields();
    check(name, value);
    if (name.equals(COOKIE)) {
      crumbs.add(value); // section 8.2.3: they are one field for a worker
    } else if (name.equals(HOST)) {
      takeHost(value);
    } else {
      composer.field(name, value);
    }
  }

  private static void check(AsciiString name, AsciiString value) throws HttpException {
    String fault = FieldRules.fault(name, value);
    if (fault != null) {
      throw malformed(fault);
    }
  }

  private static HttpException malformed(String detail) {
    return new HttpException(Failure.BAD_REQUEST, detail);
  }

  // ---- pseudo-header fields (section 8.3)

  private void takePseudo(AsciiString name, AsciiString value) throws HttpException {
    if (begun) {
      throw malformed("a pseudo-header field behind another field");
    }
    PseudoHeaderName pseudo = PseudoHeaderName.getPseudoHeader(name);
    if (pseudo == null) {
      throw malformed("a pseudo-header field that no request has");
    }
    switch (pseudo) {
      case METHOD -> method = once(method, value);
      case SCHEME -> scheme = once(scheme, value);
      case PATH -> path = once(path, value);
      case AUTHORITY -> authority = once(authority, value);
      default -> throw malformed("a pseudo-header field that no request has");
    }
  }

  private static AsciiString once(@Nullable AsciiString before, AsciiString value)
      throws HttpException {
    if (before != null) {
      throw malformed("a pseudo-header field twice");
    }
    return value;
  }

  /** Writes the request line and the Host field, unless that has been done. */
  private void beginFields() throws HttpException {
    if (begun) {
      return;
    }
    begun = true;
    AsciiString verb = checkedMethod();
    checkScheme();
    composer.requestLine(verb, checkedPath());
    if (authority != null) {
      checkHost(authority);
      composer.field(HOST, authority);
    }
  }

  private AsciiString checkedMethod() throws HttpException {
    if (method == null || method.isEmpty()) {
      throw malformed("no method");
    }
    for (int i = 0; i < method.length(); i++) {
      if (!Octets.isToken(method.byteAt(i))) {
        throw malformed("byte " + i + " of the method is not allowed");
      }
    }
    if (method.equals(CONNECT)) {
      // CONNECT is refused, and has neither scheme nor path (section 8.5)
      throw new HttpException(Failure.METHOD_NOT_ALLOWED, "method CONNECT");
    }
    return method;
  }

  /**
   * Checks the scheme, which is not used: the listener decides whether the request came by https.
   */
  private void checkScheme() throws HttpException {
    if (scheme == null
        || !scheme.contentEqualsIgnoreCase("https") && !scheme.contentEqualsIgnoreCase("http")) {
      throw malformed("the scheme is neither https nor http");
    }
  }

  private AsciiString checkedPath() throws HttpException {
    if (path == null || path.isEmpty()) {
      throw malformed("no path");
    }
    if (path.byteAt(0) != '/' && !path.equals(ASTERISK)) {
      throw malformed("the path does not begin with \"/\"");
    }
    for (int i = 0; i < path.length(); i++) {
      byte b = path.byteAt(i);
      // unlike old clients of HTTP/1.1, no client of HTTP/2 sends bytes above ASCII unencoded
      if (b < 0 || !Octets.isTarget(b)) {
        throw malformed("byte " + i + " of the path is not allowed");
      }
    }
    return path;
  }

  // ---- the host (section 8.3.1)

  private void takeHost(AsciiString value) throws HttpException {
    if (hasHost) {
      throw malformed("more than one Host field");
    }
    hasHost = true;
    checkHost(value);
    if (authority == null) {
      composer.field(HOST, value);
    } else if (!authority.contentEqualsIgnoreCase(value)) {
      throw malformed("the Host field is another one than the authority");
    }
  }

  /** Checks that there is a host; its syntax is checked with the whole head. */
  private static void checkHost(AsciiString value) throws HttpException {
    if (value.isEmpty()) {
      throw malformed("the host is empty");
    }
    check(HOST, value);
  }
}
