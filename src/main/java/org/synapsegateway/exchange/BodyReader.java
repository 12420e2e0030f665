// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.request.RequestCopy;

/**
 * Reads the whole body of a request or a reply into the message. Confined to one event loop.
 *
 * <p>The bytes count against a budget until the request has ended.
 */
public final class BodyReader implements BodySink {
  private final Exchange exchange;
  private final HttpMessage message;
  private final @Nullable Reply reply;
  private BodySource source;
  private final int most;
  private final MemoryBudget budget;
  private final AsyncCallback callback;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int reserved;
  private boolean done;

  /**
   * @param reply whose body is read; null for the request's
   * @param most the largest body that is read, in bytes
   */
  private BodyReader(
      Exchange exchange,
      HttpMessage message,
      @Nullable Reply reply,
      int most,
      MemoryBudget budget,
      AsyncCallback callback) {
    this.exchange = exchange;
    this.message = message;
    this.reply = reply;
    this.source = reply == null ? message.request().body() : reply.body();
    this.most = most;
    this.budget = budget;
    this.callback = callback;
  }

  /**
   * Begins to read the body of an exchange's message; does nothing if that has been read. Called on
   * the request's event loop.
   *
   * @param most the largest body that is read, in bytes
   * @param budget the memory that all bodies take together
   */
  public static void read(
      Exchange exchange, int most, MemoryBudget budget, AsyncCallback callback) {
    HttpMessage message = HttpMessage.of(exchange);
    Object body = exchange.getMessage().getBody();
    if (message == null || !(body instanceof Request || body instanceof Reply)) {
      Continuation.goOn(exchange, callback);
      return;
    }
    Reply reply = body instanceof Reply unread ? unread : null;
    BodyReader reader = new BodyReader(exchange, message, reply, most, budget, callback);
    if (reply == null && message.request() instanceof RequestCopy copy) {
      reader.readCopy(copy);
    } else {
      reader.read();
    }
  }

  private void read() {
    try {
      checkOwner(exchange, message.request(), reply);
      checkReadable(exchange, message.request(), reply, most);
    } catch (HttpException e) {
      fail(e);
      return;
    }
    begin();
  }

  /**
   * A copy gets the bytes that are kept for it. It reads itself only if it is the one that has the
   * client's body.
   */
  private void readCopy(RequestCopy request) {
    Consumer<RequestCopy> taker =
        copy -> {
          if (copy.hasClientsBody()) {
            source = copy.body();
            read();
            return;
          }
          try {
            byte[] kept = copy.takeBody();
            if (kept.length > most) {
              throw new HttpException(Failure.BODY_TOO_LARGE, tooLarge(most));
            }
            exchange.getMessage().setBody(kept);
          } catch (HttpException e) {
            exchange.setException(e);
          }
          Continuation.goOn(exchange, callback);
        };
    if (Tap.is(exchange)) {
      request.mirror(taker);
    } else {
      request.actForClient(taker);
    }
  }

  /**
   * An exchange of its own, as after wireTap, must not take the reply that the client waits for.
   */
  private static void checkOwner(Exchange exchange, Request request, @Nullable Reply reply)
      throws HttpException {
    if (reply != null
        && Tap.is(exchange)
        && request instanceof RequestCopy copy
        && !copy.isMirror()) {
      throw new HttpException(
          Failure.ROUTE_FAILED,
          "a copied exchange cannot read the client's reply; put \"to: body:read\" before the step"
              + " that copies it");
    }
  }

  private static void checkReadable(
      Exchange exchange, Request request, @Nullable Reply reply, int most) throws HttpException {
    if (reply == null) {
      if (request.head().contentLength() > most) {
        throw new HttpException(Failure.BODY_TOO_LARGE, tooLarge(most));
      }
      if (!request.body().canStart()) {
        throw new HttpException(Failure.ROUTE_FAILED, UnreadBodies.sent(exchange));
      }
    } else if (!reply.body().canStart()) {
      throw new HttpException(
          Failure.WORKER_CLOSED,
          "the worker closed, or another exchange has read the reply's body");
    } else if (!reply.head().isBodiless() && reply.head().contentLength() > most) {
      throw new HttpException(Failure.BAD_REPLY, tooLarge(most));
    }
  }

  private static String tooLarge(int most) {
    return "body:read takes " + most + " bytes at most (max=)";
  }

  private void begin() {
    Request request = message.request();
    releaseAtEnd();
    if (reply == null) {
      request.carriedBy(() -> fail(Failure.CLIENT_GONE, "the client is gone"));
      request.expectBody();
    }
    source.start(this);
  }

  @Override
  public void data(ByteBuf part) {
    int length = part.readableBytes();
    if (!done) {
      if (bytes.size() + length > most) {
        stop(reply == null ? Failure.BODY_TOO_LARGE : Failure.BAD_REPLY, tooLarge(most));
      } else if (!budget.take(length)) {
        stop(Failure.OVERLOADED, "no memory is left for bodies that steps read");
      } else {
        reserved += length;
        byte[] copy = new byte[length];
        part.readBytes(copy);
        bytes.writeBytes(copy);
      }
    }
    part.release();
  }

  @Override
  public void pausing() {
    // there is nothing to flush
  }

  @Override
  public void end(@Nullable String trailers) {
    if (done) {
      return;
    }
    done = true;
    byte[] whole = bytes.toByteArray();
    if (reply == null) {
      message.request().carriedBy(null);
      try {
        message.request().replaceBody(whole);
        exchange.getMessage().setBody(whole);
      } catch (HttpException e) {
        exchange.setException(e);
      }
    } else {
      HttpMessage.replace(exchange, message.with(reply.read(whole), exchange.getMessage()), whole);
    }
    Continuation.goOn(exchange, callback);
  }

  @Override
  public void abort(Failure failure) {
    fail(failure, "the body broke off");
  }

  private void stop(Failure failure, String detail) {
    fail(failure, detail);
    if (reply != null) {
      source.cancel();
    }
  }

  private void fail(Failure failure, String detail) {
    fail(new HttpException(failure, detail));
  }

  private void fail(HttpException failed) {
    if (!done) {
      done = true;
      exchange.setException(failed);
      Continuation.goOn(exchange, callback);
    }
  }

  /**
   * What a step has read for the client is in its way until the client's request ends; other
   * exchanges, such as a mirror's or a timer's, end by themselves.
   */
  private void releaseAtEnd() {
    if (exchange.getPattern().isOutCapable() && !message.isOwn()) {
      message.request().origin().atEnd(this::release);
    } else {
      exchange.getExchangeExtension().addOnCompletion(new Releasing());
    }
  }

  private final class Releasing extends SynchronizationAdapter {
    @Override
    public void onDone(Exchange ended) {
      message.request().loop().eventLoop().execute(BodyReader.this::release);
    }
  }

  private void release() {
    budget.giveBack(reserved);
    reserved = 0;
  }
}
