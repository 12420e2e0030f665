// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.synapsegateway.wire.Text;

/** What head and body decoder make of a stream of messages that arrives in pieces. */
public final class Reading<H extends Head> {
  /**
   * One whole message.
   *
   * @param head all that is known of its head
   * @param end where it ends in the stream
   */
  public record Message(String head, String body, String trailers, int end) {}

  private final Supplier<H> heads;
  private final BiConsumer<BodyDecoder, H> begin;
  private final HeadLimits limits;
  private final BiConsumer<H, Message> visitor;
  private final ByteBuf in = Unpooled.buffer();
  private final StringBuilder body = new StringBuilder();
  private final List<Message> messages = new ArrayList<>();
  private H head;
  private BodyDecoder decoder;
  private boolean inBody;
  private int fed;
  private HttpException refusal;

  /**
   * @param heads gives the head for each message
   * @param visitor takes each message while its head is valid
   */
  private Reading(
      Supplier<H> heads,
      BiConsumer<BodyDecoder, H> begin,
      HeadLimits limits,
      BiConsumer<H, Message> visitor) {
    this.heads = heads;
    this.begin = begin;
    this.limits = limits;
    this.visitor = visitor;
    this.head = heads.get();
    this.decoder = new BodyDecoder(head.malformed());
  }

  /** Reads requests with one head and one decoder, as a connection does. */
  public static Reading<RequestHead> requests(
      List<String> pieces, HeadLimits limits, BiConsumer<RequestHead, Message> visitor) {
    RequestHead head = new RequestHead();
    return read(pieces, new Reading<>(() -> head, BodyDecoder::begin, limits, visitor));
  }

  /** Reads requests with a new head and a new decoder for each. */
  static Reading<RequestHead> requestsAnew(String text, HeadLimits limits) {
    return read(
        List.of(text), new Reading<>(RequestHead::new, BodyDecoder::begin, limits, (h, m) -> {}));
  }

  /** Reads replies to requests with this method, with one head and one decoder. */
  static Reading<ReplyHead> replies(
      String method,
      List<String> pieces,
      HeadLimits limits,
      BiConsumer<ReplyHead, Message> visitor) {
    ReplyHead head = new ReplyHead();
    head.answers(method);
    return read(pieces, new Reading<>(() -> head, BodyDecoder::begin, limits, visitor));
  }

  /** Reads replies with a new head and a new decoder for each. */
  static Reading<ReplyHead> repliesAnew(String method, String text, HeadLimits limits) {
    Supplier<ReplyHead> heads =
        () -> {
          ReplyHead head = new ReplyHead();
          head.answers(method);
          return head;
        };
    return read(List.of(text), new Reading<>(heads, BodyDecoder::begin, limits, (h, m) -> {}));
  }

  private static <H extends Head> Reading<H> read(List<String> pieces, Reading<H> reading) {
    pieces.forEach(reading::take);
    reading.endOfInput();
    return reading;
  }

  private void take(String piece) {
    if (refusal != null) {
      return;
    }
    in.writeBytes(Text.bytes(piece));
    fed += piece.length();
    try {
      while (in.isReadable() && readOn()) {
        // the next message
      }
    } catch (HttpException e) {
      refusal = e;
    }
  }

  private boolean readOn() throws HttpException {
    if (!inBody) {
      if (!head.read(in, limits)) {
        return false;
      }
      begin.accept(decoder, head);
      inBody = true;
    }
    decoder.decode(in, new Collector());
    if (decoder.isDone()) {
      endMessage();
    }
    return true;
  }

  private void endMessage() {
    Message message =
        new Message(describe(head), body.toString(), decoder.trailers(), fed - in.readableBytes());
    messages.add(message);
    visitor.accept(head, message);
    body.setLength(0);
    inBody = false;
    H next = heads.get();
    if (next != head) {
      head = next;
      decoder = new BodyDecoder(head.malformed());
    }
    head.reset();
  }

  private void endOfInput() {
    if (refusal == null && inBody && decoder.isDelimitedByClose()) {
      endMessage();
    }
  }

  List<Message> messages() {
    return messages;
  }

  /** How large the buffer of the head has become. */
  int headBuffer() {
    return head.bytes().length;
  }

  /** All that came out of it, as far as it must not depend on how the stream was cut. */
  String outcome() {
    return messages
        + (refusal == null
            ? " then " + (fed - in.readableBytes() - taken()) + " bytes, in a body: " + inBody
            : " then " + refusal.failure())
        + body;
  }

  private int taken() {
    return messages.isEmpty() ? 0 : messages.get(messages.size() - 1).end();
  }

  private static String describe(Head head) {
    StringBuilder all = new StringBuilder();
    if (head instanceof RequestHead request) {
      all.append(request.method()).append(' ').append(request.target());
      all.append(" path ").append(request.path()).append(" query ").append(request.query());
      all.append(" waits ").append(request.expectsContinue());
    } else if (head instanceof ReplyHead reply) {
      all.append(reply.status()).append(" bodiless ").append(reply.isBodiless());
    }
    all.append(" 1.").append(head.minorVersion()).append(" length ").append(head.contentLength());
    all.append(" chunked ").append(head.isChunked()).append(" stays ").append(head.isKeepAlive());
    for (int line = 0; line < head.fieldCount(); line++) {
      all.append('|').append(head.name(line)).append(':').append(head.value(line));
    }
    return all.toString();
  }

  private final class Collector implements BodySink {
    @Override
    public void data(ByteBuf bytes) {
      body.append(bytes.toString(java.nio.charset.StandardCharsets.ISO_8859_1));
      bytes.release();
    }

    @Override
    public void pausing() {}

    @Override
    public void end(String trailers) {}

    @Override
    public void abort(Failure failure) {
      throw new IllegalStateException(Objects.toString(failure));
    }
  }
}
