// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Answers any request with its own name, its group and the key that led here; holds a sync that
 * asks for it.
 *
 * <p>Confined to one event loop.
 */
final class DemoWorker extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final long MAX_HOLD_MILLIS = 60_000;

  private final String name;

  DemoWorker(String name) {
    this.name = name;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    QueryStringDecoder target = new QueryStringDecoder(request.uri());
    FullHttpResponse reply = reply(ctx, request, target);
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    long hold = holdMillis(target);
    if (hold > 0) {
      ctx.executor().schedule(() -> send(ctx, reply, keepAlive), hold, TimeUnit.MILLISECONDS);
    } else {
      send(ctx, reply, keepAlive);
    }
  }

  private FullHttpResponse reply(
      ChannelHandlerContext ctx, FullHttpRequest request, QueryStringDecoder target) {
    String json =
        """
        {"worker":"%s","group":"%s","key":"%s","method":"%s","path":"%s","next_batch":"s1"}
        """
            .formatted(
                name,
                name.replaceAll("\\d+$", ""),
                escape(key(request, target)),
                escape(request.method().name()),
                escape(target.rawPath()));
    FullHttpResponse reply =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, ByteBufUtil.writeUtf8(ctx.alloc(), json));
    reply.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    reply.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, reply.content().readableBytes());
    return reply;
  }

  /** The user part of a {@code syt_} token, as nginx's map cuts it out. */
  private static String key(FullHttpRequest request, QueryStringDecoder target) {
    String token = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    if (token.startsWith("Bearer ")) {
      token = token.substring("Bearer ".length());
    } else {
      List<String> arguments = target.parameters().get("access_token");
      token = arguments == null ? "" : arguments.get(0);
    }
    String[] parts = token.split("_", 3);
    return parts.length == 3 && parts[0].equals("syt") ? parts[1] : "";
  }

  private static long holdMillis(QueryStringDecoder target) {
    List<String> timeout = target.parameters().get("timeout");
    if (!target.path().endsWith("/sync") || timeout == null) {
      return 0;
    }
    try {
      return Math.min(Long.parseLong(timeout.get(0)), MAX_HOLD_MILLIS);
    } catch (NumberFormatException e) {
      return 0; // Synapse would refuse it; the demo answers at once
    }
  }

  private static void send(ChannelHandlerContext ctx, FullHttpResponse reply, boolean keepAlive) {
    if (!ctx.channel().isActive()) {
      reply.release();
      return;
    }
    if (!keepAlive) {
      reply.headers().set(HttpHeaderNames.CONNECTION, "close");
    }
    ctx.writeAndFlush(reply)
        .addListener(
            sent -> {
              if (!keepAlive) {
                ctx.close();
              }
            });
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
