// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http2.FrameClient.Frame;
import org.synapsegateway.net.Loops;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.net.SharedBudget;

/** What goes over a socket while somebody answers by the path that is asked for. */
class FramesTest {
  private static final int WINDOW = 64 * 1024;

  /** What a client may send of a body before it has read the settings (RFC 9113 section 6.9.2). */
  private static final int BEFORE_SETTINGS = 65_535;

  private static final int MAX_STREAMS = 4;
  private static final int INITIAL_WINDOW_SIZE = 4;

  /** More than sockets hold. */
  private static final int HUGE = 64 * 1024 * 1024;

  private final Loops loops = new Loops(1);
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final Queue<Answer> held = new ConcurrentLinkedQueue<>();
  private final Queue<Boolean> waits = new ConcurrentLinkedQueue<>();
  private final SpareHeads spareHeads = new SpareHeads();
  private final AtomicInteger taken = new AtomicInteger();
  private final MemoryBudget replies = new MemoryBudget(1_000_000);
  private final SharedBudget sharedReplies = new SharedBudget(replies);
  private final MemoryBudget uploads = new MemoryBudget(100_000_000);
  private final AtomicInteger maxUnsent = new AtomicInteger();
  private final Queue<Boolean> reused = new ConcurrentLinkedQueue<>();
  private volatile Frames frames;
  private volatile Channel accepted;
  private Channel server;
  private FrameClient client;

  @BeforeEach
  void open() throws Exception {
    server =
        new ServerBootstrap()
            .group(loops.group())
            .channel(
                loops.isNative() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) throws Http2Exception {
                    Script script = new Script();
                    accepted = channel;
                    script.frames =
                        Frames.add(
                            script,
                            channel.pipeline(),
                            loops.of(channel.eventLoop()),
                            null,
                            MAX_STREAMS);
                    frames = script.frames;
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    client = connect().begin();
  }

  private FrameClient connect() throws IOException {
    InetSocketAddress address = (InetSocketAddress) server.localAddress();
    return new FrameClient(new Socket(address.getAddress(), address.getPort()));
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    server.close().sync();
    loops.close();
  }

  private void on(Runnable task) throws Exception {
    loops.all().get(0).eventLoop().submit(task).sync();
  }

  /** Who has the connection. */
  private final class Script implements ConnectionOwner {
    private Frames frames;

    @Override
    public StreamOwner begins(FrameStream stream, StreamOwner before) {
      reused.add(before != null);
      return new Answer(stream);
    }

    @Override
    public HeadLimits headLimits() {
      return new HeadLimits(1024, 4096);
    }

    @Override
    public void broken() {
      frames.out().send().addListener(sent -> frames.out().end());
    }

    @Override
    public void skip(ByteBuf bytes) {
      bytes.skipBytes(bytes.readableBytes());
    }

    @Override
    public SpareHeads spareHeads() {
      return spareHeads;
    }

    @Override
    public MemoryBudget uploadMemory() {
      return uploads;
    }

    @Override
    public SharedBudget.Share headMemory() {
      return sharedReplies.of("heads");
    }

    @Override
    public SharedBudget.Share replyMemory() {
      return sharedReplies.of(this);
    }

    @Override
    public void heardOfEnd() {
      told.add("heard of the end");
    }

    @Override
    public void awaitsRest(boolean whether) {
      waits.add(whether);
    }
  }

  /** Who answers one request. */
  private final class Answer implements StreamOwner, BodySink {
    private final FrameStream stream;
    private int size;
    private int unsent;
    private int most = 10_000;

    Answer(FrameStream stream) {
      this.stream = stream;
    }

    @Override
    public @Nullable Failure enter() {
      return null;
    }

    @Override
    public void begin() {
      String path = stream.head().path();
      told.add(stream.head().method() + " " + path);
      switch (path) {
        case "/echo" -> {
          head("200 OK", "");
          stream.body().start(this);
        }
        case "/hold" -> held.add(this);
        case "/early" -> {
          head("413 Too Large", "");
          stream.body().cancel();
          stream.sendEnd(null);
        }
        case "/fields" -> {
          head("200 OK", "X-A: " + "a".repeat(40_000) + "\r\n");
          stream.sendEnd(null);
        }
        case "/large" -> {
          head("200 OK", "");
          unsent = 1024 * 1024;
          writeOn();
        }
        case "/windowful" -> {
          head("200 OK", "");
          unsent = 2 * BEFORE_SETTINGS;
          most = BEFORE_SETTINGS;
          writeOn();
        }
        case "/huge" -> {
          head("200 OK", "");
          unsent = HUGE;
          most = 100_000;
          writeOn();
        }
        default -> {
          interim();
          head("404 Not Found", "X-A: b\r\nConnection: close\r\n");
          stream.sendData(Unpooled.copiedBuffer(path, StandardCharsets.US_ASCII));
          stream.sendEnd("X-Sum: 1\r\n");
        }
      }
      stream.flush();
    }

    private void interim() {
      stream.sendHead(ReplyHead.goOn(), null, null);
    }

    private void head(String status, String lines) {
      try {
        stream.sendHead(
            ReplyHead.of("HTTP/1.1 " + status + "\r\n" + lines + "\r\n", "GET"), null, null);
      } catch (HttpException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void refuse(Failure failure) {
      told.add("refused " + failure.tag());
      if (stream.head().path().equals("/bad")) {
        head(failure.status() + " Refused", "");
        stream.sendData(Unpooled.buffer(200).writeZero(200)); // of which nothing is earned
        stream.sendEnd(null);
      }
    }

    @Override
    public void giveUp(Failure failure) {
      told.add("given up " + failure.tag());
    }

    @Override
    public void writeOn() {
      while (unsent > 0 && !stream.isFull()) {
        int part = Math.min(unsent, most);
        stream.sendData(Unpooled.buffer(part).writeZero(part));
        unsent -= part;
        maxUnsent.set(unsent);
        if (unsent == 0) {
          stream.sendEnd(null);
        }
      }
    }

    @Override
    public void taken() {
      taken.incrementAndGet();
    }

    @Override
    public void awaitsBody(boolean whether) {
      // nobody is impatient
    }

    @Override
    public void answeredEarly() {
      held.add(this);
    }

    @Override
    public void gone() {
      told.add("gone " + stream.head().path());
    }

    @Override
    public void data(ByteBuf bytes) {
      size += bytes.readableBytes();
      stream.sendData(bytes);
    }

    @Override
    public void pausing() {
      stream.flush();
    }

    @Override
    public void end(String trailers) {
      told.add(size + " bytes, then " + trailers);
      stream.sendEnd(trailers);
      stream.flush();
    }

    @Override
    public void abort(Failure failure) {
      told.add("aborted");
    }
  }

  private void hears(String... events) {
    await().untilAsserted(() -> assertThat(told).containsExactly(events));
  }

  @Test
  void settingsComeFirst() throws Exception {
    Frame settings = client.next();

    assertThat(settings.type()).isEqualTo(FrameClient.SETTINGS);
    Frame window = client.next();
    assertThat(window.type()).isEqualTo(FrameClient.WINDOW_UPDATE);
    assertThat(window.number()).isEqualTo(Windows.OF_CONNECTION - 65_535);
    assertThat(client.next().flags()).isEqualTo(FrameClient.ACK);
  }

  @Test
  void aRequestIsAnsweredWithInterimReplyHeadBodyAndTrailers() throws Exception {
    client.request(1, true, "GET", "/a?b", "cookie=c");

    assertThat(client.fields(client.next(FrameClient.HEADERS))).containsExactly(":status=100");
    assertThat(client.fields(client.next())).containsExactly(":status=404", "x-a=b");
    assertThat(client.next().text()).isEqualTo("/a");
    Frame trailers = client.next();
    assertThat(client.fields(trailers)).containsExactly("x-sum=1");
    assertThat(trailers.endsStream()).isTrue();
    hears("GET /a", "gone /a");
  }

  private static byte[] concat(byte[]... parts) {
    return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
  }

  private static byte[] section() {
    HpackBlock block = new HpackBlock();
    block.fields(":method=GET", ":scheme=https", ":path=/next", ":authority=h");
    return ByteBufUtil.getBytes(block.bytes());
  }

  @Test
  void aSectionMayHavePriorityAndPadding() throws Exception {
    byte[] section = section();
    byte[] priority = {0, 0, 0, 9, 1};
    byte[] length = {2};
    int ends = FrameClient.END_HEADERS | FrameClient.END_STREAM;
    client.frame(FrameClient.HEADERS, ends | 0x20, 1, concat(priority, section));
    client.frame(
        FrameClient.HEADERS, ends | FrameClient.PADDED, 3, concat(length, section, new byte[2]));
    client.frame(
        FrameClient.HEADERS,
        ends | 0x20 | FrameClient.PADDED,
        5,
        concat(length, priority, section, new byte[2]));
    client.frame(FrameClient.HEADERS, FrameClient.END_STREAM | 0x20, 7, priority);
    client.frame(FrameClient.CONTINUATION, FrameClient.END_HEADERS, 7, section);

    for (int stream = 1; stream < 9; stream += 2) {
      assertThat(client.next(Frame::endsStream).stream()).isEqualTo(stream);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "32, 1, 0000, FRAME_SIZE_ERROR",
    "32, 1, 0000000109, PROTOCOL_ERROR",
    "0, 0, 82, PROTOCOL_ERROR",
    "8, 1, 0900, PROTOCOL_ERROR",
    "0, 1, 41, COMPRESSION_ERROR",
    "0, 1, ff, COMPRESSION_ERROR"
  })
  void aSectionWithAFaultInItsFrameEndsTheConnection(
      int flags, int stream, String payload, Http2Error why) throws Exception {
    client.frame(
        FrameClient.HEADERS,
        FrameClient.END_HEADERS | flags,
        stream,
        HexFormat.of().parseHex(payload));

    assertThat(goneAwayWith()).isEqualTo((int) why.code());
  }

  @Test
  void fieldsThatFillNoSingleFrameAreContinued() throws Exception {
    client.request(1, true, "GET", "/fields");

    List<Frame> frames = List.of(client.next(FrameClient.HEADERS), client.next(), client.next());
    assertThat(frames)
        .extracting(Frame::type, Frame::flags, frame -> frame.payload().length)
        .containsExactly(
            tuple(FrameClient.HEADERS, 0, 16_384),
            tuple(FrameClient.CONTINUATION, 0, 16_384),
            tuple(FrameClient.CONTINUATION, FrameClient.END_HEADERS, 40_000 + 11 - 32_768));
    assertThat(client.next().endsStream()).isTrue();
  }

  @Test
  void aStreamThatHasEndedServesTheNextRequestWithItsHeadAndOthersAreLeftAlone() throws Exception {
    client.request(1, true, "GET", "/hold", "a=1").request(3, true, "GET", "/hold", "b=2");
    client.untilPing();
    Answer first = held.remove();
    on(
        () -> {
          first.head("200 OK", "");
          first.end(null);
        });
    client.request(5, true, "GET", "/hold", "c=3").number(FrameClient.RST_STREAM, 3, 8);
    client.untilPing();
    Answer second = held.remove();
    client.request(7, true, "GET", "/hold", "d=4");
    client.untilPing();
    Answer third = held.remove();

    assertThat(third.stream).isSameAs(first.stream);
    assertThat(third.stream.head()).isSameAs(first.stream.head());
    assertThat(third.stream.head().path()).isEqualTo("/hold");
    assertThat(third.stream.head().find("a", 0)).isNegative();
    assertThat(third.stream.head().find("c", 0)).isNotNegative();
    Answer last = held.remove();
    assertThat(last.stream).isNotSameAs(second.stream).isNotSameAs(third.stream);
    assertThat(last.stream.head()).isNotSameAs(second.stream.head());
  }

  @Test
  void aRequestFindsNothingOfTheOneBeforeOnItsStream() throws Exception {
    client.request(1, false, "POST", "/echo", "content-length=5");
    client.data(1, false, "first").headers(1, true, "x-sum=1");
    client.next(Frame::endsStream);
    client.request(3, false, "POST", "/echo").data(3, true, "the second");
    client.next(Frame::endsStream);
    client.request(5, true, "GET", "/bad", "X-Upper=a").next(FrameClient.RST_STREAM);
    client.request(7, false, "POST", "/echo", "content-length=6").data(7, true, "fourth");
    client.next(Frame::endsStream);

    hears(
        "POST /echo",
        "5 bytes, then x-sum: 1\r\n",
        "gone /echo",
        "POST /echo",
        "10 bytes, then null",
        "gone /echo",
        "refused bad_request",
        "gone /bad",
        "POST /echo",
        "6 bytes, then null",
        "gone /echo");
  }

  @Test
  void aStreamWithALargeHeadIsNotUsedAgain() throws Exception {
    client.request(1, true, "GET", "/small");
    client.untilPing();
    client.request(3, true, "GET", "/small", "x-a=" + "a".repeat(2_000));
    client.untilPing();
    client.request(5, true, "GET", "/small");
    client.untilPing();

    assertThat(reused).containsExactly(false, true, false);
  }

  @Test
  void repliesOfOneTurnLeaveTogetherAtItsEnd() throws Exception {
    client.request(1, true, "GET", "/hold").request(3, true, "GET", "/hold");
    client.untilPing();
    AtomicBoolean early = new AtomicBoolean();
    on(
        () -> {
          for (Answer answer : held) {
            answer.head("200 OK", "");
            answer.end(null);
          }
          early.set(client.hasMore());
        });

    assertThat(early).isFalse();
    assertThat(List.of(client.next().stream(), client.next().stream())).containsExactly(1, 1);
    assertThat(client.next(Frame::endsStream).stream()).isEqualTo(3);
  }

  @Test
  void aBodyGoesThroughWithItsTrailersAndGivesItsWindowBack() throws Exception {
    client.request(1, false, "POST", "/echo");
    client.number(FrameClient.WINDOW_UPDATE, 0, 10 * WINDOW);
    client.number(FrameClient.WINDOW_UPDATE, 1, 10 * WINDOW);
    int credit = WINDOW - 1; // what connections begin with (RFC 9113 section 6.9.2)
    int sent = 0;
    int got = 0;
    while (sent < 5 * WINDOW) {
      while (credit < 8_000) {
        Frame frame = client.next();
        if (frame.type() == FrameClient.WINDOW_UPDATE && frame.stream() == 0) {
          credit += frame.number();
        } else if (frame.type() == FrameClient.DATA) {
          got += frame.payload().length;
        }
      }
      client.data(1, false, "d".repeat(8_000));
      credit -= 8_000;
      sent += 8_000;
    }
    client.headers(1, true, "x-sum=1", "authorization=x");
    Frame last = client.next();
    while (!last.endsStream()) {
      got += last.type() == FrameClient.DATA ? last.payload().length : 0;
      last = client.next();
    }

    assertThat(got).isEqualTo(sent);
    assertThat(client.fields(last)).containsExactly("x-sum=1");
    hears("POST /echo", sent + " bytes, then x-sum: 1\r\n", "gone /echo");
  }

  @Test
  void whatNobodyTakesKeepsTheWindowSmallAndTheConnectionGoesOn() throws Exception {
    client.request(1, false, "POST", "/hold");
    client.untilPing();
    for (int i = 0; i < 5; i++) {
      client.data(1, false, "d".repeat(12_000));
    }
    assertThat(client.untilPing()).noneMatch(frame -> frame.type() == FrameClient.WINDOW_UPDATE);
    client.request(3, true, "GET", "/other");
    client.next(frame -> frame.stream() == 3 && frame.endsStream());

    Answer answer = held.remove();
    on(() -> answer.stream.body().start(answer));

    assertThat(client.next(FrameClient.WINDOW_UPDATE).number()).isEqualTo(60_000);
    client.data(1, true, "end");
    await().untilAsserted(() -> assertThat(told).contains("60003 bytes, then null"));
  }

  @Test
  void aBodyThatIsLargerThanItsWindowIsReset() throws Exception {
    client.request(1, false, "POST", "/hold");
    for (int i = 0; i < 5; i++) {
      client.data(1, false, "d".repeat(WINDOW / 5));
    }
    assertThat(client.untilPing()).noneMatch(frame -> frame.type() == FrameClient.RST_STREAM);
    client.data(1, false, "dd");

    Frame reset = client.next(FrameClient.RST_STREAM);
    assertThat(reset.number()).isEqualTo((int) Http2Error.FLOW_CONTROL_ERROR.code());
    hears("POST /hold", "gone /hold");
    client.request(3, true, "GET", "/other");
    assertThat(client.next(Frame::endsStream).stream()).isEqualTo(3);
  }

  @Test
  void whatWaitedOnStreamsThatAreResetMayBeSentAgain() throws Exception {
    int sent = 0;
    int allowed = Windows.OF_CONNECTION;
    for (int stream = 1; stream < 80; stream += 2) {
      client.request(stream, false, "POST", "/hold");
      for (int i = 0; i < 4; i++) {
        client.data(stream, false, "d".repeat(15_000));
        sent += 15_000;
      }
      client.number(FrameClient.RST_STREAM, stream, (int) Http2Error.CANCEL.code());
      for (Frame frame : client.untilPing()) {
        boolean again = frame.type() == FrameClient.WINDOW_UPDATE && sent > 60_000;
        assertThat(frame.type()).isNotEqualTo(FrameClient.GOAWAY);
        allowed += again && frame.stream() == 0 ? frame.number() : 0;
      }
      assertThat(allowed - sent).isBetween(Windows.OF_CONNECTION / 2, Windows.OF_CONNECTION);
    }
  }

  /** How a request may end before its body has been taken. */
  private enum Breach {
    TOO_MUCH,
    WRONG_LENGTH,
    DATA_AFTER_ITS_RESET,
    DATA_AFTER_ITS_END,
    ANSWERED_EARLY,
    REFUSED
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatBreaksOffCostsNothingOfTheConnectionsWindow(Breach breach) throws Exception {
    int first = 1;
    for (; breach == Breach.REFUSED && first < 2 * MAX_STREAMS; first += 2) {
      client.request(first, false, "POST", "/hold");
    }
    String path = breach == Breach.ANSWERED_EARLY ? "/early" : "/hold";
    String field = breach == Breach.WRONG_LENGTH ? "content-length=90000" : "x-a=b";
    int allowed = BEFORE_SETTINGS;
    for (int stream = first; stream < first + 80; stream += 2) {
      client.request(stream, false, "POST", path, field);
      for (int i = 0; i < 4; i++) {
        allowed -= padded(stream);
      }
      switch (breach) {
        case TOO_MUCH -> allowed -= padded(stream);
        case DATA_AFTER_ITS_END -> client.headers(stream, true, "x-sum=1");
        case DATA_AFTER_ITS_RESET -> client.number(FrameClient.RST_STREAM, stream, 8);
        case ANSWERED_EARLY, REFUSED, WRONG_LENGTH -> client.data(stream, true, "");
      }
      allowed -= padded(stream);
      for (Frame frame : client.untilPing()) {
        assertThat(frame.type()).isNotEqualTo(FrameClient.GOAWAY);
        boolean more = frame.type() == FrameClient.WINDOW_UPDATE && frame.stream() == 0;
        allowed += more ? frame.number() : 0;
      }
      assertThat(allowed).isBetween(Windows.OF_CONNECTION / 2, Windows.OF_CONNECTION);
    }
    AtomicInteger lost = new AtomicInteger(-1);
    Http2Stream all = frames.connection().connectionStream();
    on(() -> lost.set(frames.windows().unconsumedBytes(all)));
    assertThat(lost).hasValue(0);
  }

  /** Sends a frame of data that is as large as it may be, a part of which is padding. */
  private int padded(int stream) throws IOException {
    byte[] payload = new byte[16_384];
    payload[0] = 100;
    client.frame(FrameClient.DATA, FrameClient.PADDED, stream, payload);
    return payload.length;
  }

  /** How much is sent of a body until the client may send no more, if each part is taken. */
  private long flow(int stream) throws IOException {
    long window = WINDOW;
    int sent = 0;
    while (sent < BEFORE_SETTINGS) {
      int part = Math.min(8_192, BEFORE_SETTINGS - sent);
      client.data(stream, false, "d".repeat(part));
      sent += part;
    }
    for (Frame frame : client.untilPing()) {
      if (frame.type() == FrameClient.WINDOW_UPDATE && frame.stream() == stream) {
        window += frame.number();
      }
    }
    return window - sent;
  }

  private void upload(int stream, String... fields) throws IOException {
    client.request(stream, false, "POST", "/echo", fields);
    client.number(FrameClient.WINDOW_UPDATE, stream, 10_000_000);
  }

  @Test
  void aBodyThatFlowsHasItsWholeWindowAfterTheFirst() throws Exception {
    client.number(FrameClient.WINDOW_UPDATE, 0, 100_000_000);
    upload(1);
    assertThat(flow(1)).isBetween((long) Windows.MAX - WINDOW * 3 / 4, (long) Windows.MAX);
    assertThat(uploads.taken()).isEqualTo(Windows.MAX - WINDOW);

    client.data(1, true, "end");
    hears("POST /echo", BEFORE_SETTINGS + 3 + " bytes, then null", "gone /echo");
    assertThat(uploads.taken()).isZero();
  }

  @Test
  void theFirstFullFrameRaisesTheWindow() throws Exception {
    upload(1);
    client.data(1, false, "d".repeat(16_384));
    await().untilAsserted(() -> assertThat(uploads.taken()).isEqualTo(Windows.MAX - WINDOW));
  }

  @Test
  void theLastPartOfABodyRaisesNoWindow() throws Exception {
    try (FrameClient slow = connect().begin(INITIAL_WINDOW_SIZE, 0)) {
      slow.request(1, false, "POST", "/echo");
      slow.data(1, false, "d".repeat(WINDOW / 4 - 1)).data(1, true, "d".repeat(WINDOW / 4));

      slow.untilPing(); // the reply waits, and the stream is open
      assertThat(uploads.taken()).isZero();
    }
  }

  @Test
  void theWindowIsNoLargerThanTheRestOfTheBody() throws Exception {
    client.number(FrameClient.WINDOW_UPDATE, 0, 100_000_000);
    upload(1, "content-length=" + (BEFORE_SETTINGS + 300_000));
    assertThat(flow(1)).isEqualTo(300_000);
    long taken = uploads.taken();
    upload(3, "content-length=" + (BEFORE_SETTINGS + 100));
    assertThat(flow(3)).isLessThanOrEqualTo(WINDOW);
    assertThat(uploads.taken()).isEqualTo(taken).isLessThan(300_000);
  }

  @Test
  void bodiesOfOneConnectionShareWhatItMaySendAhead() throws Exception {
    client.number(FrameClient.WINDOW_UPDATE, 0, 100_000_000);
    long ahead = 0;
    for (int stream = 1; stream < 2 * MAX_STREAMS; stream += 2) {
      upload(stream);
      ahead += flow(stream);
    }
    assertThat(ahead).isLessThanOrEqualTo(Windows.AHEAD + MAX_STREAMS * WINDOW);
    assertThat(uploads.taken()).isBetween(Windows.AHEAD * 7L / 8, (long) Windows.AHEAD);

    client.close();
    await().untilAsserted(() -> assertThat(uploads.taken()).isZero());
  }

  @Test
  void whatOthersSendAheadLeavesAPart() throws Exception {
    client.number(FrameClient.WINDOW_UPDATE, 0, 100_000_000);
    uploads.take(97_000_000);
    upload(1);
    assertThat(flow(1)).isBetween(1_000_000L, 1_000_000L + WINDOW);
    uploads.take(2_000_000);
    upload(3);
    assertThat(flow(3)).isLessThanOrEqualTo(WINDOW);
    assertThat(uploads.taken()).isEqualTo(100_000_000);
  }

  @Test
  void aReplyThatFindsNoMemoryToWaitInIsResetAndOthersGoOn() throws Exception {
    replies.take(999_000);
    client.request(1, true, "GET", "/large");

    Frame reset = client.next(FrameClient.RST_STREAM);
    assertThat(reset.number()).isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
    hears("GET /large", "gone /large");
    assertThat(replies.taken()).isEqualTo(999_000);
    client.number(FrameClient.WINDOW_UPDATE, 0, 1_000_000);
    client.request(3, true, "GET", "/small");
    assertThat(client.next(frame -> frame.stream() == 3 && frame.endsStream())).isNotNull();
  }

  /** Netty tells only later that a stream is closed while it goes through all of them. */
  @Test
  void nothingFollowsTheResetOfAReplyThatFindsNoMemory() throws Exception {
    client.request(1, true, "GET", "/windowful");
    assertThat(bytes(client.untilPing())).isEqualTo(BEFORE_SETTINGS);
    replies.take(1_000_000);

    client.number(FrameClient.WINDOW_UPDATE, 1, 10);
    client.number(FrameClient.WINDOW_UPDATE, 0, 1_000_000);

    List<Frame> frames = client.untilPing();
    assertThat(frames)
        .filteredOn(frame -> frame.stream() == 1)
        .extracting(Frame::type)
        .containsExactly(FrameClient.DATA, FrameClient.RST_STREAM);
    hears("GET /windowful", "gone /windowful");
  }

  @Test
  void aReplyThatWaitsAndIsResetHasNoTurnAnyMore() throws Exception {
    client.request(1, true, "GET", "/large");
    assertThat(bytes(client.untilPing())).isEqualTo(BEFORE_SETTINGS); // no window is left
    for (int stream = 3; stream < 103; stream += 2) {
      client.request(stream, true, "GET", "/small");
      client.number(FrameClient.RST_STREAM, stream, (int) Http2Error.CANCEL.code());
    }
    client.untilPing();

    on(() -> assertThat(frames.replies().waiting()).isZero());
  }

  @Test
  void whoseRepliesWaitLeavesRoomForThoseOfOthers() throws Exception {
    replies.take(985_000); // what is left has room for two replies that wait, and half of one more
    client.number(FrameClient.WINDOW_UPDATE, 0, 1_000_000);
    client.request(1, true, "GET", "/large");
    assertThat(client.untilPing()).noneMatch(frame -> frame.type() == FrameClient.RST_STREAM);
    client.request(3, true, "GET", "/large");
    assertThat(client.next(FrameClient.RST_STREAM).stream()).isEqualTo(3);

    try (FrameClient other = connect().begin()) {
      other.request(1, true, "GET", "/large");
      assertThat(other.untilPing()).noneMatch(frame -> frame.type() == FrameClient.RST_STREAM);
    }
  }

  @Test
  void aPausedBodyGivesNoWindowBackUntilItGoesOn() throws Exception {
    client.request(1, false, "POST", "/hold");
    client.untilPing();
    Answer answer = held.remove();
    on(
        () -> {
          answer.stream.body().start(answer);
          answer.stream.body().pause();
        });
    for (int i = 0; i < 5; i++) {
      client.data(1, false, "d".repeat(12_000));
    }
    assertThat(client.untilPing()).noneMatch(frame -> frame.type() == FrameClient.WINDOW_UPDATE);

    on(() -> answer.stream.body().resume());

    assertThat(client.next(FrameClient.WINDOW_UPDATE).number()).isEqualTo(60_000);
  }

  @Test
  void aReplyWaitsForTheClientsWindows() throws Exception {
    client.request(1, true, "GET", "/large");
    int got = bytes(client.untilPing());
    assertThat(got).isEqualTo(65_535);
    assertThat(1024 * 1024 - maxUnsent.get()).isLessThan(65_535 + 10_000);

    client.number(FrameClient.WINDOW_UPDATE, 1, 2_000_000);
    assertThat(bytes(client.untilPing())).isZero(); // that of the connection is used up too
    client.number(FrameClient.WINDOW_UPDATE, 0, 2_000_000);
    Frame frame = client.next();
    while (!frame.endsStream()) {
      got += frame.payload().length;
      frame = client.next();
    }
    assertThat(got).isEqualTo(1024 * 1024);
    hears("GET /large", "gone /large");
  }

  /** A client with a small buffer and large windows, which reads nothing. */
  private FrameClient stalled() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 * 1024);
    socket.connect(server.localAddress());
    FrameClient stalled = new FrameClient(socket).begin(INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
    return stalled.number(FrameClient.WINDOW_UPDATE, 0, 1 << 30);
  }

  /** Whether the socket takes nothing, and enough waits for it. */
  private boolean takesNothing() throws Exception {
    Callable<Boolean> attempt =
        () -> {
          accepted.flush();
          return !told.isEmpty() && !accepted.isWritable();
        };
    return loops.all().get(0).eventLoop().submit(attempt).get();
  }

  @Test
  void requestsAreReadBesideALargeReplyThatWaitsForTheSocket() throws Exception {
    try (FrameClient stalled = stalled()) {
      stalled.request(1, true, "GET", "/huge");
      await().until(this::takesNothing);
      stalled.request(3, true, "GET", "/hold");
      hears("GET /huge", "GET /hold");
    }
  }

  @Test
  void littleOfALargeReplyIsAheadOfOthers() throws Exception {
    assumeTrue(loops.isNative());
    try (FrameClient stalled = stalled()) {
      stalled.request(1, true, "GET", "/hold").request(3, true, "GET", "/huge");
      await().until(this::takesNothing);
      assertThat(HUGE - maxUnsent.get()).isLessThan(1024 * 1024);
    }
  }

  @Test
  void theKernelHoldsWhatItLikesOfALoneReply() throws Exception {
    assumeTrue(loops.isNative());
    client.request(1, true, "GET", "/").next(Frame::endsStream);
    client.request(3, true, "GET", "/").next(Frame::endsStream);
    assertThat(accepted.config().getOption(EpollChannelOption.TCP_NOTSENT_LOWAT)).isZero();

    client.request(5, true, "GET", "/hold").request(7, true, "GET", "/").next(Frame::endsStream);
    assertThat(accepted.config().getOption(EpollChannelOption.TCP_NOTSENT_LOWAT))
        .isEqualTo(128L * 1024);
  }

  private static int bytes(List<Frame> frames) {
    return frames.stream()
        .filter(frame -> frame.type() == FrameClient.DATA)
        .mapToInt(frame -> frame.payload().length)
        .sum();
  }

  @Test
  void aStreamThatWaitsDoesNotHoldUpAnother() throws Exception {
    client.close();
    client = connect().begin(4, 1_000);
    client.number(FrameClient.WINDOW_UPDATE, 0, 1_000_000);
    client.request(1, true, "GET", "/large");
    assertThat(bytes(client.untilPing())).isEqualTo(1_000);
    client.request(3, true, "GET", "/small");

    assertThat(client.next(frame -> frame.stream() == 3 && frame.endsStream()).type())
        .isEqualTo(FrameClient.HEADERS);
  }

  @Test
  void whatIsMalformedIsAnsweredAndResetAndTheNextRequestIsServed() throws Exception {
    client.request(1, true, "GET", "/bad", "X-Upper=a");
    assertThat(client.fields(client.next(FrameClient.HEADERS))).containsExactly(":status=400");
    assertThat(client.next(Frame::endsStream).stream()).isEqualTo(1);
    Frame reset = client.next();
    assertThat(reset.type()).isEqualTo(FrameClient.RST_STREAM);
    assertThat(reset.number()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());

    client.request(3, true, "GET", "/next");
    client.next(frame -> frame.stream() == 3 && frame.endsStream());
    await().untilAsserted(() -> assertThat(told).contains("refused bad_request", "GET /next"));
  }

  @ParameterizedTest
  @CsvSource({"5, 4, true", "5, 6, false", "5, 6, true", "5, 0, true"})
  void aBodyThatIsNotAsLongAsDeclaredBreaksOff(int declared, int sent, boolean end)
      throws Exception {
    client.request(1, false, "POST", "/echo", "content-length=" + declared);
    client.data(1, end, "d".repeat(sent));

    assertThat(client.next(FrameClient.RST_STREAM).number())
        .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    hears("POST /echo", "given up bad_request", "gone /echo");
  }

  @ParameterizedTest
  @ValueSource(strings = {":path=/", "X-Upper=a", "connection=close", "x=a\r\nb"})
  void malformedTrailersBreakTheRequestOff(String field) throws Exception {
    client.request(1, false, "POST", "/echo");
    client.headers(1, true, field);

    assertThat(client.next(FrameClient.RST_STREAM).number())
        .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    hears("POST /echo", "given up bad_request", "gone /echo");
  }

  @Test
  void trailersThatDoNotEndTheStreamAreMalformed() throws Exception {
    client.request(1, false, "POST", "/echo");
    client.headers(1, false, "x-sum=1");

    assertThat(client.next(FrameClient.RST_STREAM).number())
        .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    await().untilAsserted(() -> assertThat(told).contains("gone /echo"));
  }

  @Test
  void whoIsAnsweredEarlyNeedNotGoOnAndMayAskAgain() throws Exception {
    client.request(1, false, "POST", "/early");
    client.data(1, false, "d");
    assertThat(client.next(Frame::endsStream).stream()).isEqualTo(1);
    client.data(1, false, "d".repeat(16_000)).data(1, false, "d".repeat(16_000));
    client.data(1, false, "d".repeat(16_000));
    assertThat(client.untilPing()).isEmpty(); // it may hear that, and send no more than before

    Answer answer = held.remove();
    on(
        () -> {
          answer.stream.reset(Http2Error.NO_ERROR);
          answer.stream.flush();
        });
    assertThat(client.next().type()).isEqualTo(FrameClient.RST_STREAM);
    hears("POST /early", "gone /early");
    client.data(1, false, "d".repeat(16_000)).data(1, true, "on its way");
    assertThat(client.untilPing()).noneMatch(frame -> frame.type() == FrameClient.RST_STREAM);
    client.request(3, true, "GET", "/next");
    client.next(frame -> frame.stream() == 3 && frame.endsStream());
  }

  @Test
  void whoIsAnsweredEarlyAndGoesOnToTheEndIsNotReset() throws Exception {
    client.request(1, false, "POST", "/early");
    assertThat(client.next(Frame::endsStream).stream()).isEqualTo(1);
    assertThat(client.data(1, true, "the rest").untilPing()).isEmpty();
    hears("POST /early", "gone /early");
  }

  @Test
  void aResetEndsTheRequest() throws Exception {
    client.request(1, true, "GET", "/hold");
    client.number(FrameClient.RST_STREAM, 1, (int) Http2Error.CANCEL.code());

    hears("GET /hold", "gone /hold");
  }

  @Test
  void theEndOfTheConnectionEndsAllRequests() throws Exception {
    client.request(1, true, "GET", "/hold").request(3, false, "POST", "/hold");
    client.untilPing();
    client.close();

    await()
        .untilAsserted(
            () -> assertThat(told).filteredOn(event -> event.equals("gone /hold")).hasSize(2));
  }

  @Test
  void moreStreamsThanAllowedAreRefused() throws Exception {
    for (int i = 0; i <= MAX_STREAMS; i++) {
      client.request(2 * i + 1, true, "GET", "/hold");
    }
    Frame reset = client.next(FrameClient.RST_STREAM);

    assertThat(reset.stream()).isEqualTo(2 * MAX_STREAMS + 1);
    assertThat(reset.number()).isEqualTo((int) Http2Error.REFUSED_STREAM.code());
    assertThat(held).hasSize(MAX_STREAMS);
  }

  @Test
  void aBrokenConnectionIsToldWhyAndEnds() throws Exception {
    client.frame(FrameClient.DATA, 0, 0, (byte) 1);

    Frame goAway = client.next(FrameClient.GOAWAY);
    assertThat(Unpooled.wrappedBuffer(goAway.payload()).getInt(4))
        .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    assertThat(client.isEnded()).isTrue();
  }

  // ---- streams that have ended

  private int goneAwayWith() throws IOException {
    Frame goAway = client.next(FrameClient.GOAWAY);
    assertThat(client.isEnded()).isTrue();
    return Unpooled.wrappedBuffer(goAway.payload()).getInt(4);
  }

  @Test
  void settingsThatMakeAWindowTooLargeEndTheConnection() throws Exception {
    client.request(1, false, "POST", "/hold");
    client.number(FrameClient.WINDOW_UPDATE, 1, Integer.MAX_VALUE - 65_535);
    assertThat(client.untilPing()).noneMatch(frame -> frame.type() == FrameClient.GOAWAY);
    client.frame(FrameClient.SETTINGS, 0, 0, new byte[] {0, 4, 0, 1, 0, 0});

    Frame goAway = client.next(FrameClient.GOAWAY);
    assertThat(Unpooled.wrappedBuffer(goAway.payload()).getInt(4))
        .isEqualTo((int) Http2Error.FLOW_CONTROL_ERROR.code());
  }

  @Test
  void fieldsBehindTheEndOfARequestResetItsStream() throws Exception {
    client.request(1, true, "GET", "/hold").request(1, true, "GET", "/hold");

    Frame reset = client.next(FrameClient.RST_STREAM);
    assertThat(reset.stream()).isEqualTo(1);
    assertThat(reset.number()).isEqualTo((int) Http2Error.STREAM_CLOSED.code());
    hears("GET /hold", "gone /hold");
  }

  @Test
  void fieldsOnAStreamThatHasEndedEndTheConnection() throws Exception {
    client.request(1, true, "GET", "/");
    client.next(Frame::endsStream);
    client.request(1, true, "GET", "/");

    assertThat(goneAwayWith()).isEqualTo((int) Http2Error.STREAM_CLOSED.code());
  }

  @Test
  void aStreamThatWasLeftOutCannotBeOpened() throws Exception {
    client.request(5, true, "GET", "/hold").request(3, true, "GET", "/hold");

    assertThat(goneAwayWith()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
  }

  @Test
  void whatIsOnItsWayToARefusedStreamIsIgnored() throws Exception {
    for (int i = 0; i <= MAX_STREAMS; i++) {
      client.request(2 * i + 1, false, "POST", "/hold");
    }
    int refused = 2 * MAX_STREAMS + 1;
    client.data(refused, false, "a").headers(refused, true, "a=b");

    assertThat(client.untilPing())
        .filteredOn(frame -> frame.type() == FrameClient.GOAWAY)
        .isEmpty();
  }

  // ---- what leads to nothing

  /** Writes one more of something. */
  private interface Writes {
    void write(int stream) throws IOException;
  }

  /** Goes on until the gateway has had enough; returns how often. */
  private int untilCalmIsAskedFor(Writes writes) throws IOException {
    int times = 0;
    try {
      for (; times < 5_000; times++) {
        writes.write(2 * times + 1);
      }
    } catch (IOException e) {
      assertThat(times).isPositive(); // the connection has ended
    }
    Frame goAway = client.next(FrameClient.GOAWAY);
    assertThat(Unpooled.wrappedBuffer(goAway.payload()).getInt(4))
        .isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
    assertThat(client.isEnded()).isTrue();
    return times;
  }

  private long requests() {
    return told.stream().filter(event -> event.startsWith("GET")).count();
  }

  @Test
  void requestsThatAreResetAtOnceAreFew() throws Exception {
    untilCalmIsAskedFor(
        stream ->
            client
                .request(stream, true, "GET", "/hold")
                .number(FrameClient.RST_STREAM, stream, (int) Http2Error.CANCEL.code()));

    assertThat(requests()).isBetween(100L, 300L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zero increment",
        "overflow",
        "data behind the end",
        "own dependency",
        "malformed",
        "trailers behind the end"
      })
  void requestsThatTheGatewayIsMadeToResetAreFew(String trigger) throws Exception {
    untilCalmIsAskedFor(
        stream -> {
          if (trigger.equals("malformed")) {
            client.request(stream, true, "GET", "/bad", "X-Upper=a");
            return;
          }
          client.request(stream, true, "GET", "/hold");
          switch (trigger) {
            case "zero increment" -> client.number(FrameClient.WINDOW_UPDATE, stream, 0);
            case "overflow" -> client.number(FrameClient.WINDOW_UPDATE, stream, Integer.MAX_VALUE);
            case "data behind the end" -> client.data(stream, true, "d");
            case "trailers behind the end" -> client.headers(stream, true, "x-sum=1");
            default ->
                client.frame(
                    FrameClient.PRIORITY,
                    0,
                    stream,
                    new byte[] {0, 0, (byte) (stream >> 8), (byte) stream, 1});
          }
        });

    assertThat(requests()).isLessThanOrEqualTo(300);
  }

  @ParameterizedTest
  @CsvSource({"2, 5", "4, 0", "6, 8", "8, 4", "0, 0", "238, 3"})
  void framesThatLeadToNothingAreFew(int type, int size) throws Exception {
    client.request(1, false, "POST", "/hold");
    byte[] payload = new byte[size];
    if (size > 0) {
      payload[size - 1] = 1;
    }
    int stream = type == FrameClient.PRIORITY || type == FrameClient.DATA ? 1 : 0;

    untilCalmIsAskedFor(time -> client.frame(type, 0, stream, payload));
  }

  @Test
  void manySettingsCostMore() throws Exception {
    byte[] settings = new byte[6_000];
    for (int i = 0; i < settings.length; i += 6) {
      settings[i + 1] = 6;
    }
    for (int i = 0; i < 10; i++) {
      client.frame(FrameClient.SETTINGS, 0, 0, settings);
    }

    assertThat(goneAwayWith()).isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
  }

  @Test
  void paddingEarnsNothing() throws Exception {
    client.request(1, false, "POST", "/echo");
    byte[] padding = new byte[256];
    padding[0] = (byte) 255;

    untilCalmIsAskedFor(time -> client.frame(FrameClient.DATA, FrameClient.PADDED, 1, padding));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/early", "/bad"})
  void aBodyThatNobodyTakesEarnsNothing(String path) throws Exception {
    String field = path.equals("/bad") ? "X-Upper=a" : "a=b";
    client.request(1, false, "POST", path, field).next(Frame::endsStream);

    untilCalmIsAskedFor(time -> client.data(1, false, "0123456789abcdef"));
  }

  @Test
  void headsThatAreTooLargeEarnNothing() throws Exception {
    String field = "a=" + "b".repeat(5_000);

    untilCalmIsAskedFor(stream -> client.request(stream, true, "GET", "/bad", field));
  }

  @Test
  void aHeadInManyPiecesIsRefused() throws Exception {
    client.frame(FrameClient.HEADERS, 0, 1, (byte) 0);

    untilCalmIsAskedFor(time -> client.frame(FrameClient.CONTINUATION, 0, 1));
    assertThat(requests()).isZero();
  }

  @Test
  void whoAsksAndReadsMayGoOnForEver() throws Exception {
    for (int stream = 1; stream < 4_000; stream += 2) {
      client.request(stream, true, "GET", "/next");
      client.number(FrameClient.WINDOW_UPDATE, 0, 5).number(FrameClient.WINDOW_UPDATE, 0, 5);
      client.frame(FrameClient.PING, 0, 0, new byte[8]);
      int asked = stream;
      client.next(frame -> frame.stream() == asked && frame.endsStream());
    }
    assertThat(client.untilPing()).noneMatch(frame -> frame.type() == FrameClient.GOAWAY);
  }

  @Test
  void whatHasBegunIsWaitedFor() throws Exception {
    client.frame(FrameClient.HEADERS, 0, 1, (byte) 0);
    await().untilAsserted(() -> assertThat(waits).containsExactly(true));
    client.frame(FrameClient.CONTINUATION, 0, 1, (byte) 1);
    client.frame(FrameClient.CONTINUATION, 0, 1, (byte) 'x');
    client.frame(FrameClient.CONTINUATION, FrameClient.END_HEADERS, 1, (byte) 0);
    await().untilAsserted(() -> assertThat(waits).containsExactly(true, false));
    client.raw((byte) 0);
    await().untilAsserted(() -> assertThat(waits).containsExactly(true, false, true));
  }

  @Test
  void littleThatIsTakenIsNotWorthTelling() throws Exception {
    client.close();
    client = connect().begin(4, 0);
    client.request(1, true, "GET", "/large");
    for (int i = 0; i < 102; i++) {
      client.number(FrameClient.WINDOW_UPDATE, 1, 10);
      client.next(FrameClient.DATA);
    }
    assertThat(taken).hasValue(0);
    client.number(FrameClient.WINDOW_UPDATE, 1, 10);
    await().untilAsserted(() -> assertThat(taken).hasValue(1));
  }

  @Test
  void framesAreReadWhereverTheyAreCut() throws Exception {
    client.close();
    client = connect();
    for (byte b : Recorded.request()) {
      client.raw(b);
    }

    assertThat(client.next(frame -> frame.stream() == 1 && frame.endsStream()).type())
        .isEqualTo(FrameClient.HEADERS);
  }

  /** The bytes of a whole connection. */
  private static final class Recorded {
    private static byte[] request() throws IOException {
      ByteBuf bytes = Unpooled.buffer();
      bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      bytes.writeMedium(0).writeByte(FrameClient.SETTINGS).writeByte(0).writeInt(0);
      ByteBuf block =
          new HpackBlock()
              .fields(":method=GET", ":scheme=https", ":path=/cut", ":authority=h")
              .bytes();
      bytes.writeMedium(block.readableBytes()).writeByte(FrameClient.HEADERS);
      bytes.writeByte(FrameClient.END_HEADERS | FrameClient.END_STREAM).writeInt(1);
      bytes.writeBytes(block);
      byte[] all = new byte[bytes.readableBytes()];
      bytes.readBytes(all);
      return all;
    }
  }
}
