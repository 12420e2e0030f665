// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.NoBody;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.Loop;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.whoami.ContentCoding;
import org.synapsegateway.whoami.WhoAmI;

/**
 * Asks workers for the user of a token, over the pools that requests use: the first worker, and the
 * next one if the first has no answer.
 *
 * <p>The question runs on the event loop of the request that needs the answer, and does not block.
 * Safe for any thread.
 */
public final class WorkerWhoAmI implements WhoAmI {
  /**
   * The property of an exchange that carries such a question, so that its own user is not looked
   * up.
   */
  static final String QUESTION = WorkerWhoAmI.class.getName();

  private static final Logger LOG = LoggerFactory.getLogger(WorkerWhoAmI.class);
  private static final int MAX_ANSWER = 16 * 1024;

  private final CamelContext context;
  private final List<String> uris;

  /**
   * @param uris the endpoints to ask, in this order, for instance {@code
   *     worker:unix:/run/matrix-synapse/inbound_main.sock} or {@code direct:client-reader}; at
   *     least one
   */
  public WorkerWhoAmI(CamelContext context, List<String> uris) {
    this.context = context;
    this.uris = List.copyOf(uris);
  }

  /**
   * The endpoints that a setting names.
   *
   * @param workers sockets in the directory, URIs {@code worker:...}, groups {@code direct:...};
   *     with spaces or commas between them
   */
  public static List<String> uris(String workers, String directory) {
    return Arrays.stream(workers.split("[\\s,]+"))
        .filter(name -> !name.isEmpty())
        .map(name -> isUri(name) ? name : "worker:unix:" + directory + "/" + name)
        .toList();
  }

  private static boolean isUri(String name) {
    return name.startsWith("worker:") || name.startsWith("direct:");
  }

  @Override
  public void ask(Question question, Executor loop, Consumer<byte @Nullable []> answer) {
    ask(0, question, Objects.requireNonNull(Loop.current()), answer);
  }

  private void ask(int place, Question question, Loop loop, Consumer<byte @Nullable []> answer) {
    if (place == uris.size()) {
      answer.accept(null);
      return;
    }
    Runnable next = () -> ask(place + 1, question, loop, answer);
    Exchange exchange;
    AsyncProducer producer;
    try {
      Endpoint worker = context.getEndpoint(uris.get(place));
      producer = worker.createAsyncProducer();
      exchange = worker.createExchange();
      exchange.setProperty(QUESTION, true);
      exchange.setIn(new HttpMessage(context, request(question, loop)));
    } catch (Exception e) { // whatever an endpoint may throw
      LOG.warn("Cannot ask {} who a token belongs to: {}", uris.get(place), e.getMessage());
      next.run();
      return;
    }
    producer.process(exchange, doneSync -> take(exchange, answer, next));
  }

  private static Request request(Question question, Loop loop) throws HttpException {
    RequestHead head =
        RequestHead.of(
            "GET /_matrix/client/v3/account/whoami HTTP/1.1\r\nHost: localhost\r\n"
                + question.agents()
                + "Authorization: Bearer "
                + new String(question.token().toArray(), StandardCharsets.ISO_8859_1)
                + "\r\n\r\n");
    return new Request(head, question.client(), loop, NoBody.INSTANCE, interim -> {});
  }

  private static void take(Exchange exchange, Consumer<byte @Nullable []> answer, Runnable next) {
    if (exchange.getException() == null && exchange.getMessage().getBody() instanceof Reply reply) {
      reply.body().start(new Answer(reply, answer, next));
    } else {
      next.run();
    }
  }

  /**
   * Collects the reply; the answer is null if the worker does not know the token. If a worker fails
   * or sends something else, the next one is asked. A reply that is too long is cancelled.
   */
  private static final class Answer implements BodySink {
    private final Reply reply;
    private final Consumer<byte @Nullable []> answer;
    private final Runnable next;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Answer(Reply reply, Consumer<byte @Nullable []> answer, Runnable next) {
      this.reply = reply;
      this.answer = answer;
      this.next = next;
    }

    @Override
    public void data(ByteBuf part) {
      byte[] copy = ByteBufUtil.getBytes(part);
      part.release();
      if (copy.length > MAX_ANSWER - bytes.size()) {
        LOG.warn("{} does not complete its reply to whoami", reply.worker());
        reply.body().cancel();
        next.run();
      } else {
        bytes.writeBytes(copy);
      }
    }

    @Override
    public void pausing() {
      // there is nothing to flush
    }

    @Override
    public void end(@Nullable String trailers) {
      switch (reply.status()) {
        case 200 -> answer.accept(decoded());
        case 401, 403 -> answer.accept(null);
        default -> next.run();
      }
    }

    private byte[] decoded() {
      String coding = reply.head().first("content-encoding");
      return ContentCoding.decoded(bytes.toByteArray(), coding, MAX_ANSWER);
    }

    @Override
    public void abort(Failure failure) {
      LOG.debug("{} broke off its answer: {}", reply.worker(), failure);
      next.run();
    }
  }
}
