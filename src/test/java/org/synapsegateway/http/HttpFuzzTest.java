// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.synapsegateway.fuzz.Choices;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.HttpBytes;
import org.synapsegateway.fuzz.Mutation;
import org.synapsegateway.http.Reading.Message;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.net.Backlog;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.LoopWriteBuffer;
import org.synapsegateway.wire.MalformedException;
import org.synapsegateway.wire.Text;

/** Heads and bodies that mean harm, on their way in and out again. */
class HttpFuzzTest {
  private static final HeadLimits LIMITS = new HeadLimits(16 * 1024, 64 * 1024);
  private static final Client CLIENT =
      new Client("203.0.113.7", AddressSet.numeric("203.0.113.7"), "https");
  private static final String REQUEST_LINE =
      "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+ (\\*|/[!-~\u0080-\u00ff]*) HTTP/1\\.1";

  private static String requests(Random random) {
    return HttpBytes.OF_CLIENTS.make(random);
  }

  private static String replies(Random random) {
    return HttpBytes.OF_WORKERS.make(random);
  }

  /** A text in pieces, at times byte by byte. */
  private static List<String> cut(String text, Choices in) {
    List<String> pieces = new ArrayList<>();
    int most = in.oneIn(4) ? 1 : 1 + in.below(200);
    int at = 0;
    while (at < text.length()) {
      int length = Math.min(text.length() - at, most == 1 ? 1 : 1 + in.below(most));
      pieces.add(text.substring(at, at + length));
      at += length;
    }
    return pieces;
  }

  private static HeadLimits limits(Choices in) {
    return in.oneIn(3) ? new HeadLimits(1 + in.below(100), 1 + in.below(300)) : LIMITS;
  }

  // ---- reading

  @Test
  void requestsAreReadTheSameHoweverTheyAreCut() {
    Fuzz.check(
        4_000,
        in -> {
          String text = in.text(HttpFuzzTest::requests);
          HeadLimits limits = limits(in);
          Reading<RequestHead> whole = Reading.requests(List.of(text), limits, (h, m) -> {});
          Reading<RequestHead> pieces = Reading.requests(cut(text, in), limits, (h, m) -> {});

          assertThat(pieces.outcome()).isEqualTo(whole.outcome());
          assertThat(Reading.requestsAnew(text, limits).outcome()).isEqualTo(whole.outcome());
          assertThat(pieces.headBuffer()).isLessThanOrEqualTo(1024 + 2 * limits.max());
        });
  }

  @Test
  void repliesAreReadTheSameHoweverTheyAreCut() {
    Fuzz.check(
        4_000,
        in -> {
          String text = in.text(HttpFuzzTest::replies);
          String method = in.of("GET", "HEAD");
          HeadLimits limits = limits(in);
          Reading<ReplyHead> whole = Reading.replies(method, List.of(text), limits, (h, m) -> {});
          Reading<ReplyHead> pieces = Reading.replies(method, cut(text, in), limits, (h, m) -> {});

          assertThat(pieces.outcome()).isEqualTo(whole.outcome());
          assertThat(Reading.repliesAnew(method, text, limits).outcome())
              .isEqualTo(whole.outcome());
          assertThat(pieces.headBuffer()).isLessThanOrEqualTo(1024 + 2 * limits.max());
        });
  }

  @Test
  void aSecondParserAgreesWhereARequestEnds() {
    Fuzz.check(
        6_000,
        in -> {
          String text = in.text(HttpFuzzTest::requests);
          int at = 0;
          for (Message message : Reading.requests(List.of(text), LIMITS, (h, m) -> {}).messages()) {
            SecondOpinion second = SecondOpinion.ofRequest(text, at);
            assertThat(second.end()).isEqualTo(message.end());
            assertThat(second.body()).isEqualTo(message.body());
            at = message.end();
          }
        });
  }

  @Test
  void aSecondParserAgreesWhereAReplyEnds() {
    Fuzz.check(
        6_000,
        in -> {
          String text = in.text(HttpFuzzTest::replies);
          String method = in.of("GET", "HEAD");
          int at = 0;
          for (Message message :
              Reading.replies(method, List.of(text), LIMITS, (h, m) -> {}).messages()) {
            SecondOpinion second = SecondOpinion.ofReply(text, at, method);
            assertThat(second.end()).isEqualTo(message.end());
            assertThat(second.body()).isEqualTo(message.body());
            at = message.end();
          }
        });
  }

  // ---- writing

  @Test
  void aRequestThatIsTakenIsCleanWhenItIsSentOn() {
    Fuzz.check(
        6_000,
        in -> {
          String text = in.text(HttpFuzzTest::requests);
          Reading.requests(
              List.of(text),
              LIMITS,
              (head, message) -> {
                String sent = sent(head, message);
                assertCleanRequest(head, message, sent);
                assertThat(sentAgain(sent)).isEqualTo(sent);
              });
        });
  }

  @Test
  void aReplyThatIsTakenIsCleanWhenItIsSentOn() {
    Fuzz.check(
        6_000,
        in -> {
          String text = in.text(HttpFuzzTest::replies);
          String method = in.of("GET", "HEAD");
          Reading.replies(
              method,
              List.of(text),
              LIMITS,
              (head, message) -> assertCleanReply(head, message, method));
        });
  }

  @Test
  void noHeaderThatARouteSetsSplitsAMessage() {
    Fuzz.check(
        3_000,
        in -> {
          String name = in.text(HttpFuzzTest::requests);
          String value = in.text(HttpFuzzTest::requests);
          RequestHead head = RequestHead.of("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n");
          ByteBuf out = Unpooled.buffer();
          HeadWriter.request(out, head, CLIENT, Map.of(name, value, "B", value), null, null);

          String sent = out.toString(StandardCharsets.ISO_8859_1);
          SecondOpinion second = SecondOpinion.ofRequest(sent, 0);
          assertThat(second.end()).isEqualTo(sent.length());
          assertThat(second.head().fields()).hasSizeBetween(4, 6);
          assertThat(second.has("Content-Length") || second.has("Transfer-Encoding")).isFalse();
        });
  }

  // ---- who is the client

  @Test
  void theClientIsThePeerOrTheFirstThatNoTrustedProxyIs() {
    List<String> trusted = List.of("127.0.0.1", "10.0.0.1", "10.9.9.9", "::1");
    Forwarded forwarded = new Forwarded(AddressSet.of("127.0.0.0/8 10.0.0.0/8 ::1"));
    Fuzz.check(
        10_000,
        in -> {
          StringBuilder fields = new StringBuilder();
          List<String> chain = new ArrayList<>();
          for (int line = in.below(3); line > 0; line--) {
            List<String> elements = new ArrayList<>();
            for (int i = 1 + in.below(4); i > 0; i--) {
              elements.add(in.of(in.of(trusted), "1.2.3.4", "2001:db8::1", "", "unknown", "a.org"));
            }
            fields.append("X-Forwarded-For: ").append(String.join(in.of(",", ", "), elements));
            fields.append("\r\n");
            elements.removeIf(String::isEmpty);
            chain.addAll(elements);
          }
          if (in.oneIn(2)) {
            fields.append("X-Forwarded-Proto: ").append(in.text(HttpFuzzTest::schemes));
            fields.append("\r\n");
          }
          Client peer = Forwarded.peer(new InetSocketAddress(AddressSet.numeric("127.0.0.1"), 1));
          RequestHead head = RequestHead.of("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");

          Client client = forwarded.client(head, peer, null);

          assertThat(client.address()).isEqualTo(firstUntrusted(chain, trusted));
          boolean named = fields.indexOf("X-Forwarded-For") >= 0;
          boolean said = fields.toString().matches("(?s).*X-Forwarded-Proto:[ ,]*[^ ,\r].*");
          if (named && !said) {
            assertThat(client.scheme()).isNull();
          } else {
            assertThat(client.scheme()).isIn("http", "https");
          }
          assertThat(client.mayBePrivate()).isEqualTo(!named || isReadable(chain, trusted));
          SecondOpinion second = second(sent(head, new Message("", "", null, 0)));
          assertThat(second.only("X-Forwarded-For")).isEqualTo(CLIENT.address());
        });
  }

  private static String schemes(Random random) {
    return Mutation.pieces(random, 4, "http", "https", "HTTPS", ",", " ", "ws", "\"", "\377");
  }

  /** Whether somebody is named who is no trusted proxy, and nobody nearer is named unreadably. */
  private static boolean isReadable(List<String> chain, List<String> trusted) {
    for (int i = chain.size() - 1; i >= 0; i--) {
      if (chain.get(i).matches("unknown|a.org")) {
        return false;
      }
      if (!trusted.contains(chain.get(i))) {
        return true;
      }
    }
    return !chain.isEmpty();
  }

  private static String firstUntrusted(List<String> chain, List<String> trusted) {
    String client = "127.0.0.1";
    for (int i = chain.size() - 1; i >= 0; i--) {
      if (!trusted.contains(client) || chain.get(i).matches("unknown|a.org")) {
        break;
      }
      client = chain.get(i);
    }
    return client;
  }

  @Test
  void noFieldOfForwardingMakesAnyOtherClientThanAnAddress() {
    Forwarded forwarded = new Forwarded(AddressSet.of("0.0.0.0/0 ::/0"));
    Fuzz.check(
        10_000,
        in -> {
          String value =
              in.text(
                  random ->
                      Mutation.pieces(
                          random,
                          9,
                          "1.2.3.4",
                          "::1",
                          "::ffff:1.2.3.4",
                          "[",
                          "]",
                          ":",
                          ":80",
                          ",",
                          " ",
                          "\t",
                          "a.org",
                          "localhost",
                          "%eth0",
                          "\"",
                          "\377",
                          "1",
                          "."));
          Client peer = Forwarded.peer(new InetSocketAddress(AddressSet.numeric("::1"), 1));
          RequestHead head =
              RequestHead.of("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For:" + value + "\r\n\r\n");

          Client client = forwarded.client(head, peer, null);

          assertThat(client.inet()).isEqualTo(AddressSet.numeric(client.address()));
          assertThat(client.address()).matches("[0-9a-f.:]+");
        });
  }

  private static String sent(RequestHead head, Message message) {
    ByteBuf out = Unpooled.buffer();
    HeadWriter.request(out, head, CLIENT, null, null, null);
    return out.toString(StandardCharsets.ISO_8859_1)
        + body(head.isChunked(), message.body(), message.trailers());
  }

  private static String sentAgain(String sent) {
    StringBuilder again = new StringBuilder();
    Reading<RequestHead> reading =
        Reading.requests(
            List.of(sent),
            new HeadLimits(LIMITS.startLine(), 2 * LIMITS.fields()),
            (head, message) -> again.append(sent(head, message)));
    assertThat(reading.messages()).hasSize(1);
    return again.toString();
  }

  /** A body as the gateway frames it. */
  private static String body(boolean chunked, String body, String trailers) {
    EmbeddedChannel channel = new EmbeddedChannel();
    CoalescingWriter out =
        new CoalescingWriter(
            channel,
            new LoopWriteBuffer(Runnable::run),
            new Backlog(Long.MAX_VALUE),
            null,
            () -> {});
    BodyWriter writer = new BodyWriter(out);
    writer.begin(chunked);
    for (int at = 0; at < body.length(); at += 1000) {
      String part = body.substring(at, Math.min(body.length(), at + 1000));
      writer.data(Unpooled.wrappedBuffer(Text.bytes(part)));
    }
    writer.end(trailers);
    out.flush();
    StringBuilder written = new StringBuilder();
    for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
      written.append(sent.toString(StandardCharsets.ISO_8859_1));
      sent.release();
    }
    channel.finishAndReleaseAll();
    return written.toString();
  }

  private static SecondOpinion second(String sent) {
    try {
      return SecondOpinion.ofRequest(sent, 0);
    } catch (MalformedException e) {
      throw new AssertionError(sent, e);
    }
  }

  private static void assertCleanRequest(RequestHead head, Message message, String sent) {
    SecondOpinion second = second(sent);
    assertThat(second.end()).isEqualTo(sent.length());
    assertThat(second.head().line()).matches(REQUEST_LINE);
    assertThat(second.head().method()).isEqualTo(head.method());
    assertThat(second.head().target()).endsWith(head.path() + query(head));
    assertThat(second.body()).isEqualTo(message.body());
    assertThat(second.trailers()).isEqualTo(message.trailers() == null ? "" : message.trailers());
    assertThat(second.only("Host")).isNotNull();
    assertThat(second.only("X-Forwarded-For")).isEqualTo(CLIENT.address());
    assertThat(second.only("X-Forwarded-Proto")).isEqualTo(CLIENT.scheme());
    if (head.isChunked()) {
      assertThat(second.only("Transfer-Encoding")).isEqualTo("chunked");
    } else {
      assertThat(second.has("Transfer-Encoding")).isFalse();
    }
    assertThat(second.has("Content-Length")).isEqualTo(head.contentLength() >= 0);
    assertNothingOfTheConnection(second);
  }

  private static String query(RequestHead head) {
    return head.query() == null ? "" : "?" + head.query();
  }

  private static void assertCleanReply(ReplyHead head, Message message, String method) {
    boolean byClose = !head.isBodiless() && head.contentLength() < 0;
    ByteBuf out = Unpooled.buffer();
    HeadWriter.reply(out, head, byClose, HeadWriter.Connection.PERSISTS, null, null);
    String sent =
        out.toString(StandardCharsets.ISO_8859_1)
            + body(byClose, message.body(), message.trailers());
    SecondOpinion second;
    try {
      second = SecondOpinion.ofReply(sent, 0, method);
    } catch (MalformedException e) {
      throw new AssertionError(sent, e);
    }
    assertThat(second.end()).isEqualTo(sent.length());
    assertThat(second.head().line()).matches("HTTP/1\\.1 [1-5][0-9][0-9]( [\t -~\u0080-\u00ff]*)?");
    assertThat(second.head().status()).isEqualTo(head.status());
    assertThat(second.body()).isEqualTo(message.body());
    assertThat(second.has("Transfer-Encoding")).isEqualTo(byClose);
    assertNothingOfTheConnection(second);
  }

  private static void assertNothingOfTheConnection(SecondOpinion second) {
    for (String name : List.of("Connection", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade")) {
      assertThat(second.has(name)).as(name).isFalse();
    }
  }
}
