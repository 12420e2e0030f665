package org.synapsegateway.loadbalance;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.Reply;
import org.synapsegateway.http.Request;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.WhoAmI;
import org.synapsegateway.net.Loop;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * Asks a worker whose token it is, over the pools that requests use.
 *
 * <p>The question travels on the event loop of the request that asks, and blocks nobody. Safe for
 * any thread.
 */
public final class WorkerWhoAmI implements WhoAmI {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerWhoAmI.class);
  private static final int LONGEST_ANSWER = 16 * 1024;

  private final CamelContext context;
  private final String uri;

  /**
   * @param uri the worker to ask, for instance {@code
   *     worker:unix:/run/matrix-synapse/inbound_main.sock}
   */
  public WorkerWhoAmI(CamelContext context, String uri) {
    this.context = context;
    this.uri = uri;
  }

  @Override
  public void ask(Slice token, Executor loop, Consumer<byte[]> answer) {
    try {
      WorkerEndpoint worker = context.getEndpoint(uri, WorkerEndpoint.class);
      AsyncProcessor producer = (AsyncProcessor) worker.createProducer();
      Exchange exchange = worker.createExchange();
      exchange.getMessage().setBody(question(token));
      producer.process(exchange, doneSync -> take(exchange, answer));
    } catch (HttpException | RuntimeException e) {
      LOG.warn("Cannot ask who a token belongs to: {}", e.getMessage());
      answer.accept(null);
    }
  }

  private static Request question(Slice token) throws HttpException {
    RequestHead head =
        RequestHead.of(
            "GET /_matrix/client/v3/account/whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + new String(token.toArray(), StandardCharsets.ISO_8859_1)
                + "\r\n\r\n");
    Client gateway = new Client("127.0.0.1", null, "http");
    return new Request(head, gateway, Loop.current(), NoBody.INSTANCE, interim -> {});
  }

  private static void take(Exchange exchange, Consumer<byte[]> answer) {
    if (exchange.getException() == null && exchange.getMessage().getBody() instanceof Reply reply) {
      reply.body().start(new Answer(reply, answer));
    } else {
      answer.accept(null);
    }
  }

  /**
   * Collects the reply; null is the answer unless it comes whole, with status 200 and a fair size.
   */
  private static final class Answer implements BodySink {
    private final Reply reply;
    private final Consumer<byte[]> answer;
    private final boolean ok;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Answer(Reply reply, Consumer<byte[]> answer) {
      this.reply = reply;
      this.answer = answer;
      this.ok = reply.status() == 200;
    }

    @Override
    public void data(ByteBuf part) {
      int length = part.readableBytes();
      if (bytes.size() <= LONGEST_ANSWER) {
        byte[] copy = new byte[Math.min(length, LONGEST_ANSWER + 1)];
        part.readBytes(copy);
        bytes.writeBytes(copy);
      }
      part.release();
    }

    @Override
    public void pausing() {
      // there is nothing to flush
    }

    @Override
    public void end(String trailers) {
      answer.accept(ok && bytes.size() <= LONGEST_ANSWER ? bytes.toByteArray() : null);
    }

    @Override
    public void abort(Failure failure) {
      LOG.debug("{} broke off its answer: {}", reply.worker(), failure);
      answer.accept(null);
    }
  }

  /** The body of a request that has none. */
  private enum NoBody implements BodySource {
    INSTANCE;

    @Override
    public void start(BodySink sink) {
      sink.end(null);
    }

    @Override
    public void pause() {
      // nothing comes
    }

    @Override
    public void resume() {
      // nothing comes
    }

    @Override
    public void cancel() {
      // nothing comes
    }
  }
}
