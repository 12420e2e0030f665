// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;

/** Answers as HTTP responses, and the answers to requests that no page gets. */
final class Responses {
  static final int MAX_LINE = 8 * 1024;
  static final int MAX_HEAD = 32 * 1024;
  static final int MAX_BODY = 64 * 1024;

  private Responses() {}

  /** The response to a request. */
  static FullHttpResponse of(Answer answer, FullHttpRequest request, boolean keepAlive) {
    ByteBuf body = Unpooled.copiedBuffer(answer.body(), StandardCharsets.UTF_8);
    boolean headOnly = "HEAD".equals(request.method().name());
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            headOnly ? Unpooled.EMPTY_BUFFER : body);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.type());
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), keepAlive);
    return response;
  }

  /** The answer to what is no request, or too large a one. */
  static Answer malformed(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Answer.error(414, "the request line has more than " + MAX_LINE + " bytes");
    }
    return cause instanceof TooLongHttpHeaderException
        ? Answer.error(431, "the fields have more than " + MAX_HEAD + " bytes")
        : Answer.error(400, "this is no valid HTTP request");
  }

  /** The response to a request whose body is too large; the connection closes after it. */
  static FullHttpResponse tooLarge() {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
            Unpooled.copiedBuffer(
                Answer.error(413, "the body has more than " + MAX_BODY + " bytes").body(),
                StandardCharsets.UTF_8));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    response.headers().set(HttpHeaderNames.CONNECTION, "close");
    return response;
  }
}
