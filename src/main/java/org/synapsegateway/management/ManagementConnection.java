// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Reason;

/**
 * One client of the management port: one request after the other, each within a time limit.
 *
 * <p>Pages of other sites may not act: a browser names the page that sends a {@code POST} in {@code
 * Origin} and {@code Sec-Fetch-Site}. Pages that change something need a token too. Confined to the
 * port's event loop; pages are made on the threads of their {@link Lane}.
 */
final class ManagementConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementConnection.class);

  private final Channel channel;
  private final Management port;
  private final ManagementConnections all;
  private @Nullable ScheduledFuture<?> deadline;

  /** Removes the page that waits from the queue of its lane; null if none waits. */
  private @Nullable Runnable forget;

  private boolean answering;
  private boolean ended;

  private ManagementConnection(Channel channel, Management port, ManagementConnections all) {
    this.channel = channel;
    this.port = port;
    this.all = all;
  }

  /** Serves a client that has connected. */
  static void open(Channel channel, Management port, ManagementConnections all) {
    channel
        .pipeline()
        .addLast(
            new HttpServerCodec(Responses.MAX_LINE, Responses.MAX_HEAD, Responses.MAX_BODY),
            new Aggregator(),
            new FlowControlHandler(),
            new ManagementConnection(channel, port, all));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    all.add(this);
    within();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    all.remove(this);
    endDeadline();
    if (forget != null) {
      forget.run();
    }
  }

  /** Whether no page is being made for it. */
  boolean waitsForItsClient() {
    return !answering;
  }

  void close() {
    channel.close();
  }

  /**
   * Waits for the next request. If it is there already, it is answered after the turns of others.
   */
  private void awaitRequest() {
    within();
    channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
  }

  /** Closes the connection if its client does not do its part in time. */
  private void within() {
    endDeadline();
    if (channel.isActive()) { // its client may have left while its page was made
      deadline =
          channel
              .eventLoop()
              .schedule(this::close, port.limits().timeout().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void endDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (ended) {
      return; // input after the last reply is read and dropped
    }
    endDeadline();
    answering = true;
    channel.config().setAutoRead(false);
    boolean keepAlive = HttpUtil.isKeepAlive(request) && !port.isLeaving();
    if (request.decoderResult().isFailure()) {
      send(Responses.malformed(request.decoderResult().cause()), request, false);
      return;
    }
    InetAddress local = ((InetSocketAddress) channel.localAddress()).getAddress();
    String target = RequestOrigin.target(request, port.limits().hosts(), local);
    if (target == null) {
      send(
          Answer.error(
              421,
              "this port answers to localhost, to its own address and to the names in"
                  + " management.hosts"),
          request,
          false);
      return;
    }
    try {
      answer(new QueryStringDecoder(target), request, keepAlive);
    } catch (IllegalArgumentException e) {
      send(Answer.error(400, "the target cannot be decoded"), request, keepAlive);
    }
  }

  private void answer(QueryStringDecoder target, FullHttpRequest request, boolean keepAlive) {
    Map<String, Management.Placed> methods = port.at(target.path());
    if (methods == null) {
      send(Answer.error(404, "nothing is here; there are " + port.paths()), request, keepAlive);
      return;
    }
    Management.Placed page = methods.get(request.method().name());
    if (page == null) {
      Answer answer = Answer.error(405, "the method must be one of " + methods.keySet());
      FullHttpResponse response = Responses.of(answer, request, keepAlive);
      response.headers().set(HttpHeaderNames.ALLOW, String.join(", ", methods.keySet()));
      write(response, keepAlive);
    } else if (request.method().name().equals("POST") && RequestOrigin.isOfAnotherSite(request)) {
      send(Answer.error(403, "a web page of another site may not do that"), request, keepAlive);
    } else {
      Guard.Refusal refusal = page.guarded() ? refusal(request) : null;
      if (refusal != null) {
        FullHttpResponse response = Responses.of(refusal.answer(), request, keepAlive);
        response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, refusal.challenge());
        write(response, keepAlive);
      } else {
        make(page, target, request.retain(), keepAlive);
      }
    }
  }

  private Guard.@Nullable Refusal refusal(FullHttpRequest request) {
    return port.guard().refusal(request.headers().getAll(HttpHeaderNames.AUTHORIZATION));
  }

  private void make(
      Management.Placed page,
      QueryStringDecoder target,
      FullHttpRequest request,
      boolean keepAlive) {
    Runnable making =
        () -> {
          Answer answer = answer(page.page(), target, request.content());
          channel.eventLoop().execute(() -> made(answer, request, keepAlive));
        };
    forget =
        () -> {
          if (page.threads().remove(making)) {
            request.release();
          }
        };
    try {
      page.threads().execute(making);
    } catch (RejectedExecutionException e) {
      // the connection closes, so that the client does not ask again at once
      made(Answer.error(503, "too many ask for this page at once"), request, false);
    }
  }

  private void made(Answer answer, FullHttpRequest request, boolean keepAlive) {
    forget = null;
    send(answer, request, keepAlive);
    request.release();
  }

  private static Answer answer(Page page, QueryStringDecoder target, ByteBuf body) {
    try {
      return page.answer(new Question(target.parameters(), text(body)));
    } catch (IllegalArgumentException e) {
      return Answer.error(400, Reason.of(e));
    } catch (RuntimeException | Error e) {
      LOG.error("The page {} of the management port failed", target.path(), e);
      return Answer.error(500, "this page failed; the log says how");
    }
  }

  private static String text(ByteBuf body) {
    try {
      byte[] bytes = ByteBufUtil.getBytes(body);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the body is no text in UTF-8", e);
    }
  }

  private void send(Answer answer, FullHttpRequest request, boolean keepAlive) {
    write(Responses.of(answer, request, keepAlive), keepAlive);
  }

  private void write(FullHttpResponse response, boolean keepAlive) {
    answering = false;
    ended = !keepAlive;
    all.renew(this);
    within();
    ChannelFuture sent = channel.writeAndFlush(response);
    sent.addListener(
        done -> {
          if (keepAlive) {
            awaitRequest();
          } else {
            closeGently(channel);
          }
        });
  }

  /** Closing with unread input would reset the connection, and the client might lose its reply. */
  private static void closeGently(Channel channel) {
    channel.pipeline().addFirst(new Discarding());
    ((DuplexChannel) channel).shutdownOutput();
    channel.config().setAutoRead(true);
  }

  /** Discards the bytes of a client that has got its last reply. */
  private static final class Discarding extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
      ReferenceCountUtil.release(bytes);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Error) {
      LOG.error("A client's connection to the management port failed", cause);
    } else {
      LOG.debug("A client of the management port failed", cause);
    }
    close();
  }

  /** Joins the parts of a request, and answers a request that is too large like any other. */
  private static final class Aggregator extends HttpObjectAggregator {
    Aggregator() {
      super(Responses.MAX_BODY);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
      ctx.writeAndFlush(Responses.tooLarge()).addListener(done -> closeGently(ctx.channel()));
    }
  }
}
