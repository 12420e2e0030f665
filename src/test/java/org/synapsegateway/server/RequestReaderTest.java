// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.net.SharedBudget;
import org.synapsegateway.net.Turns;
import org.synapsegateway.settings.Settings;

/** Requests of one connection, without the connection. */
class RequestReaderTest {
  private static final HeadLimits LIMITS = new HeadLimits(64 * 1024, 64 * 1024);
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n";
  private static final String LARGE =
      "GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(50_000) + "\r\n\r\n";
  private static final int MEMORY = 100_000;

  private final Loops loops = new Loops(1);
  private final Loop loop = loops.all().get(0);
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final SharedBudget all = new SharedBudget(new MemoryBudget(2 * MEMORY));
  private final SharedBudget.Share memory = all.of("the client");
  private final RequestReader reader;
  private final Inlet inlet;

  RequestReaderTest() {
    ClientDeadline deadline =
        new ClientDeadline(loop.deadlines()) {
          @Override
          protected void expired() {
            throw new AssertionError("nobody watches it");
          }
        };
    deadline.use(ClientTimeouts.of(Settings.defaults()));
    Inlet in = new Inlet(channel, loop, new Body());
    this.inlet = in;
    this.reader = new RequestReader(in, loop.turns(), memory, deadline, null);
  }

  @AfterEach
  void close() throws Exception {
    onLoop(
        () -> {
          inlet.close();
          return null;
        });
    channel.close();
    loops.close();
  }

  /** What comes behind a head. */
  private final class Body implements Inlet.Reader {
    @Override
    public boolean readOn(ByteBuf in) {
      try {
        return reader.readBody(in);
      } catch (HttpException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public Turns.Rank rank(ByteBuf rest, boolean hadShare) {
      return reader.rank(rest, hadShare, false);
    }

    @Override
    public void turnEnds() {
      reader.pausing();
    }

    @Override
    public int maxUnread() {
      return 1024;
    }

    @Override
    public void overflows() {
      throw new AssertionError("too much");
    }
  }

  /** Writes down what it is told. */
  private static final class Sink implements BodySink {
    private final StringBuilder told = new StringBuilder();

    @Override
    public void data(ByteBuf bytes) {
      told.append(bytes.toString(StandardCharsets.ISO_8859_1));
      bytes.release();
    }

    /** How many bytes of the body it has. */
    private int length() {
      return (int) told.chars().filter(c -> c == 'x').count();
    }

    @Override
    public void pausing() {
      told.append('|');
    }

    @Override
    public void end(String trailers) {
      told.append('.');
    }

    @Override
    public void abort(Failure failure) {
      told.append(failure);
    }
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return loop.eventLoop().submit(task).get(10, TimeUnit.SECONDS);
  }

  private boolean readHead(String text) throws Exception {
    return onLoop(() -> reader.readHead(bytes(text), LIMITS));
  }

  private void come(String text) throws Exception {
    onLoop(
        () -> {
          inlet.read(bytes(text));
          return null;
        });
  }

  @Test
  void requestWithoutBodyIsWholeWithItsHead() throws Exception {
    assertThat(readHead(GET.substring(0, 10))).isFalse();
    assertThat(reader.isStarted()).isTrue();
    assertThat(readHead(GET.substring(10))).isTrue();
    assertThat(reader.isWhole()).isTrue();
  }

  @Test
  void bodyWaitsForWhoTakesIt() throws Exception {
    Sink sink = new Sink();
    assertThat(readHead(POST)).isTrue();
    come("bo");
    assertThat(inlet.isEmpty()).isFalse();

    onLoop(
        () -> {
          reader.start(sink);
          return null;
        });
    come("dy");

    assertThat(sink.told).hasToString("bo|dy.");
    assertThat(reader.isWhole()).isTrue();
  }

  @Test
  void bodyThatNobodyWantsIsThrownAwayAndIsNeverWhole() throws Exception {
    assertThat(readHead(POST)).isTrue();
    onLoop(
        () -> {
          reader.cancel();
          return null;
        });
    come("body and more than that");

    assertThat(inlet.isEmpty()).isTrue();
    assertThat(reader.isWhole()).isFalse();
  }

  @Test
  void whatComesBehindTheBodyStays() throws Exception {
    Sink sink = new Sink();
    assertThat(readHead(POST)).isTrue();
    onLoop(
        () -> {
          reader.start(sink);
          return null;
        });
    come("body" + GET);

    assertThat(sink.told).hasToString("|body.");
    assertThat(reader.isFollowed()).isTrue();
  }

  /** Others have their turn between the parts of a body that is dear to read. */
  @Test
  void bodyOfLittleButFramingIsReadInTurns() throws Exception {
    int count = 16_000;
    assertThat(readAtOnce("1\r\nx\r\n".repeat(count))).isBetween(1, count / 2);
    assertThat(readAtOnce("%x\r\n%s\r\n".formatted(count, "x".repeat(count)))).isEqualTo(count);
  }

  /** How much of a chunked body is read before others have their turn; all is read in the end. */
  private int readAtOnce(String chunks) throws Exception {
    Sink sink = new Sink();
    readHead("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    int length =
        onLoop(
            () -> {
              reader.start(sink);
              inlet.read(bytes(chunks + "0\r\n\r\n"));
              return sink.length();
            });
    await().until(() -> onLoop(reader::isWhole));
    onLoop(
        () -> {
          reader.beginNext();
          return null;
        });
    return length;
  }

  @Test
  void memoryOfLargeHeadsIsGivenBackWithTheRequest() throws Exception {
    assertThat(readHead(LARGE)).isTrue();
    assertThat(all.taken()).isPositive();

    reader.beginNext();

    assertThat(all.taken()).isZero();
  }

  @Test
  void largeHeadIsRefusedWithoutMemory() {
    assertThat(memory.take(MEMORY)).isTrue();
    assertThatThrownBy(() -> readHead(LARGE))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            HttpException.class, e -> assertThat(e.failure()).isEqualTo(Failure.OVERLOADED));
  }

  @ParameterizedTest
  @CsvSource({
    "100,  false, LITTLE",
    "100,  true,  MUCH",
    "5000, false, MUCH",
  })
  void smallHeadComesBeforeALargeOneAndBeforeWhatFollowsAShare(
      int size, boolean hadShare, Turns.Rank expected) {
    assertThat(reader.rank(bytes("x".repeat(size)), hadShare, true)).isEqualTo(expected);
  }

  @Test
  void smallHeadWithALargeBodyBehindItIsNoLargeHead() {
    assertThat(reader.rank(bytes(POST + "x".repeat(5000)), false, true)).isEqualTo(Turns.Rank.BODY);
  }
}
