// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.TestGateway;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.tls.TestCertificate;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.TlsRelay;

/** Which replies are compressed, and that they are what the worker has sent. */
class PackingTest {
  private static final String GET =
      "GET /_matrix/client/v3/sync HTTP/1.1\r\nHost: h\r\nAccept-Encoding: br, gzip\r\n\r\n";

  private static final int LEAST = 4096;

  @TempDir Path directory;
  private ScriptedWorker worker;
  private TestGateway gateway;

  private void start(ScriptedWorker.Script script, String... properties) throws IOException {
    worker = ScriptedWorker.at(directory.resolve("w.sock"), script);
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + worker.path(), properties);
  }

  @AfterEach
  void stop() throws Exception {
    if (gateway != null) {
      if (gateway.frontDoor().isOpen()) {
        await().until(() -> used() == 0);
      }
      gateway.close();
      worker.close();
    }
  }

  /** How many compressors are in use. */
  private int used() throws Exception {
    int used = 0;
    for (Loop loop : gateway.frontDoor().loops()) {
      used += loop.eventLoop().submit(() -> gateway.frontDoor().deflaters(loop).used()).get();
    }
    return used;
  }

  private static String json(int size) {
    Random random = new Random(size);
    StringBuilder text = new StringBuilder("[");
    while (text.length() < size - 1) {
      text.append(random.nextInt(10_000)).append(',');
    }
    text.setLength(size - 1);
    return text.append(']').toString();
  }

  private static String reply(String lines, String body) {
    return "HTTP/1.1 200 OK\r\n"
        + lines.replace(" & ", "\r\n")
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static String unpacked(RawMessage reply) throws IOException {
    byte[] packed = reply.content().getBytes(StandardCharsets.ISO_8859_1);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private RawMessage ask(String request) throws IOException {
    try (RawClient client = gateway.client()) {
      return client.exchange(request);
    }
  }

  // ---- which

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          Content-Type: application/json                                                | gzip  | Accept-Encoding
          Content-Type: application/json; charset=utf-8                                 | gzip  | Accept-Encoding
          content-type: Application/JSON                                                | gzip  | Accept-Encoding
          Content-Type: application/problem+json                                        | gzip  | Accept-Encoding
          Content-Type: application/json & ETag: W/"a"                                  | gzip  | Accept-Encoding
          Content-Type: application/json & Vary: Origin                                 | gzip  | Origin, Accept-Encoding
          Content-Type: application/json & Vary: accept-encoding                        | gzip  | accept-encoding
          Content-Type: application/json & Vary: *                                      | gzip  | *
          Content-Type: application/json & Cache-Control: no-store                      | gzip  | Accept-Encoding
          Content-Type: application/json & ETag: "a"                                    | -     | -
          Content-Type: application/json & Cache-Control: private, No-Transform         | -     | -
          Content-Type: application/json & Cache-Control: private & Cache-Control: no-transform | - | -
          Content-Type: application/json & Content-Encoding: br                         | br    | -
          Content-Type: application/json & Content-Encoding: gzip                       | gzip  | -
          Content-Type: application/json & Content-Disposition: attachment              | -     | -
          Content-Type: application/json & Content-Digest: sha-256=:YQ==:               | -     | -
          Content-Type: application/json & repr-digest: sha-256=:YQ==:                  | -     | -
          Content-Type: application/json & Digest: SHA-256=YQ==                         | -     | -
          Content-Type: application/json & Content-MD5: YQ==                            | -     | -
          Content-Type: application/jsonp                                               | -     | -
          Content-Type: image/png                                                       | -     | -
          Content-Type: text/html                                                       | -     | -
          X-Nothing: known                                                              | -     | -
          """)
  void aReplyIsPackedByWhatItSays(String lines, String coding, String vary) throws Exception {
    start(ScriptedWorker.replying(reply(lines, json(LEAST))), "gateway.gzip", "4KiB");
    RawMessage reply = ask(GET);
    assertThat(reply.value("Content-Encoding")).isEqualTo(coding);
    assertThat(reply.value("Vary")).isEqualTo(vary);
    boolean packed = vary != null;
    assertThat(packed ? unpacked(reply) : reply.content()).isEqualTo(json(LEAST));
    assertThat(reply.value("Content-Length")).isEqualTo(packed ? null : "4096");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Accept-Encoding: gzip                                   | true
          accept-encoding: GZIP                                   | true
          Accept-Encoding: deflate, gzip;q=0.5                    | true
          Accept-Encoding: x-gzip                                 | true
          Accept-Encoding: *                                      | true
          Accept-Encoding: br;q=1, *;q=0.1                        | true
          Accept-Encoding: deflate & Accept-Encoding: gzip        | true
          Accept-Encoding: gzip;q=0.001                           | true
          Accept-Encoding: gzip;q=0                               | false
          Accept-Encoding: gzip; q=0.000, *                       | false
          Accept-Encoding: *;q=0                                  | false
          Accept-Encoding: identity                               | false
          Accept-Encoding: gzipped                                | false
          Accept: application/json                                | false
          """)
  void aReplyIsPackedForWhoTakesIt(String lines, boolean packed) throws Exception {
    start(
        ScriptedWorker.replying(reply("Content-Type: application/json", json(LEAST))),
        "gateway.gzip",
        "4KiB");
    RawMessage reply =
        ask("GET / HTTP/1.1\r\nHost: h\r\n" + lines.replace(" & ", "\r\n") + "\r\n\r\n");
    assertThat(reply.value("Content-Encoding")).isEqualTo(packed ? "gzip" : null);
    assertThat(reply.value("Vary")).as("caches must know").isEqualTo("Accept-Encoding");
    assertThat(packed ? unpacked(reply) : reply.content()).isEqualTo(json(LEAST));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /_matrix/media/v3/download/example.org/a HTTP/1.1",
        "GET /_matrix/client/v1/media/download/example.org/a HTTP/1.1",
        "GET /_matrix/federation/v1/media/download/a HTTP/1.1",
      })
  void mediaIsNeverPacked(String line) throws Exception {
    start(
        ScriptedWorker.replying(reply("Content-Type: application/json", json(LEAST))),
        "gateway.gzip",
        "4KiB");
    RawMessage reply = ask(GET.replaceFirst("GET .*", line));
    assertThat(reply.head().text()).doesNotContain("Content-Encoding", "Vary");
    assertThat(reply.content()).isEqualTo(json(LEAST));
  }

  @Test
  void whatIsSmallOrNo200IsNotPacked() throws Exception {
    start(
        connection -> {
          for (RawMessage next = connection.nextRequest();
              next != null;
              next = connection.nextRequest()) {
            boolean small = next.head().text().startsWith("GET /small");
            connection.send(
                reply("Content-Type: application/json", json(small ? LEAST - 1 : LEAST))
                    .replace("200 OK", small ? "200 OK" : "404 Not Found"));
          }
        },
        "gateway.gzip",
        "4KiB");
    for (String path : new String[] {"/small", "/other"}) {
      RawMessage reply = ask(GET.replaceFirst("/_matrix\\S*", path));
      assertThat(reply.head().text()).doesNotContain("Content-Encoding", "Vary");
    }
  }

  @Test
  void anOldClientGetsThePlainReply() throws Exception {
    start(
        ScriptedWorker.replying(reply("Content-Type: application/json", json(LEAST))),
        "gateway.gzip",
        "4KiB");
    RawMessage reply = ask(GET.replace("HTTP/1.1", "HTTP/1.0"));
    assertThat(reply.value("Content-Encoding")).isNull();
    assertThat(reply.content()).isEqualTo(json(LEAST));
  }

  @Test
  void aReplyToHeadSaysTheSame() throws Exception {
    start(
        ScriptedWorker.replying(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"),
        "gateway.gzip",
        "4KiB");
    try (RawClient client = gateway.client()) {
      client.send(GET.replace("GET", "HEAD"));
      RawMessage reply = client.readReply("HEAD");
      assertThat(reply.value("Content-Encoding")).isEqualTo("gzip");
      assertThat(reply.value("Content-Length")).isNull();
      client.send(GET.replace("GET", "HEAD"));
      assertThat(client.readReply("HEAD").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"auto,https,true", "auto,http,false", "off,https,false", "0B,http,true"})
  void itGoesByTheSettingAndTheListener(String setting, String scheme, boolean packed)
      throws Exception {
    Path certificate = directory.resolve("certificate");
    TestCertificate.of("example.org").writeTo(certificate);
    start(
        ScriptedWorker.replying(reply("Content-Type: application/json", json(LEAST))),
        "gateway.listen",
        scheme + "://127.0.0.1:0",
        "gateway.tls.certificates",
        certificate.toString(),
        "gateway.gzip",
        setting);
    try (TlsRelay relay = scheme.equals("https") ? new TlsRelay(gateway.port()) : null;
        RawClient client = RawClient.connect(relay == null ? gateway.port() : relay.port())) {
      RawMessage reply = client.exchange(GET);
      assertThat(reply.value("Content-Encoding")).isEqualTo(packed ? "gzip" : null);
      assertThat(packed ? unpacked(reply) : reply.content()).isEqualTo(json(LEAST));
    }
  }

  // ---- how

  @ParameterizedTest
  @ValueSource(ints = {4096, 16_384, 16_385, 65_536, 300_000, 3_000_000})
  void theBodyIsWhatTheWorkerHasSent(int size) throws Exception {
    start(
        connection -> {
          for (RawMessage next = connection.nextRequest();
              next != null;
              next = connection.nextRequest()) {
            String body = json(size);
            if (next.head().text().startsWith("GET /chunks")) {
              connection.send(
                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                      + "Transfer-Encoding: chunked\r\n\r\n");
              for (int at = 0; at < size; at += 7_000) {
                String part = body.substring(at, Math.min(size, at + 7_000));
                connection.send(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
              }
              connection.send("0\r\n\r\n");
            } else {
              connection.send(reply("Content-Type: application/json", body));
            }
          }
        },
        "gateway.gzip",
        "4KiB");
    try (RawClient client = RawClient.connectNarrow(gateway.port())) {
      for (String path : new String[] {"/whole", "/chunks", "/whole"}) {
        RawMessage reply = client.exchange(GET.replaceFirst("/_matrix\\S*", path));
        assertThat(unpacked(reply)).isEqualTo(json(size));
        assertThat(reply.content().length()).isLessThan(size);
      }
    }
  }

  @Test
  void whatComesInPartsIsSentInParts() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    start(
        connection -> {
          connection.nextRequest();
          connection.send(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n");
          connection.await(seen);
          connection.send("2\r\n2]\r\n0\r\n\r\n");
        },
        "gateway.gzip",
        "4KiB");
    try (RawClient client = gateway.client()) {
      client.send(GET);
      client.readHead();
      // of the first part: the gzip header of 10 bytes, and what decompresses to it
      ByteArrayOutputStream first = new ByteArrayOutputStream();
      while (!inflated(first.toByteArray()).equals("[1,")) {
        int size = Integer.parseInt(line(client), 16);
        first.writeBytes(client.read(size).getBytes(StandardCharsets.ISO_8859_1));
      }
      seen.countDown();
      assertThat(client.read(1)).isNotEmpty();
    }
  }

  private static String line(RawClient client) throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.lastIndexOf("\n") <= 1) { // that of the chunk before may come first
      line.append(client.read(1));
    }
    return line.toString().strip();
  }

  private static String inflated(byte[] gzip) throws Exception {
    if (gzip.length <= 10) {
      return "";
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(gzip, 10, gzip.length - 10);
      byte[] out = new byte[100];
      return new String(out, 0, inflater.inflate(out), StandardCharsets.ISO_8859_1);
    } finally {
      inflater.end();
    }
  }

  @Test
  void whoLeavesGivesItsCompressorBack() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    start(
        connection -> {
          connection.nextRequest();
          connection.send(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n[");
          connection.await(gone);
        },
        "gateway.gzip",
        "4KiB");
    try (RawClient client = gateway.client()) {
      client.send(GET);
      client.readHead();
      assertThat(used()).isEqualTo(1);
      client.reset();
      await().until(() -> used() == 0);
    }
    // and so does a worker that breaks off
    try (RawClient client = gateway.client()) {
      client.send(GET);
      client.readHead();
      gone.countDown();
      client.awaitEnd();
    }
  }

  @Test
  void othersHaveATurnBetweenPieces() throws Exception {
    Deflaters deflaters = new Deflaters();
    Loops loops = new Loops(1);
    try {
      Loop loop = loops.all().get(0);
      FastDeflater deflater = deflaters.take();
      Recorded out = new Recorded();
      byte[] bytes = json(100_000).getBytes(StandardCharsets.US_ASCII);
      Source source = new Source();
      loop.eventLoop()
          .submit(
              () -> {
                PackedBody body = new PackedBody(source, false, deflater, deflaters, loop.turns());
                body.start(out);
                body.data(Unpooled.copiedBuffer(bytes));
                assertThat(deflater.total()).isEqualTo(BlockWriter.MAX);
                assertThat(loop.turns().waiting()).isEqualTo(1);
                assertThat(source.paused).isTrue();
                body.end(null);
              })
          .get();
      await().until(() -> out.ended);
      assertThat(out.pauses)
          .as("turns but the one of the last piece")
          .isEqualTo(bytes.length / BlockWriter.MAX - 1);
      try (GZIPInputStream in =
          new GZIPInputStream(new ByteArrayInputStream(out.bytes.toByteArray()))) {
        assertThat(in.readAllBytes()).isEqualTo(bytes);
      }
      assertThat(deflaters.used()).isZero();
    } finally {
      loops.close();
    }
  }

  private static final class Source implements BodySource {
    private boolean paused;

    @Override
    public void start(BodySink sink) {}

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      paused = false;
    }

    @Override
    public void cancel() {}
  }

  private static final class Recorded implements BodySink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int pauses;
    private volatile boolean ended;

    @Override
    public void data(ByteBuf part) {
      bytes.writeBytes(ByteBufUtil.getBytes(part));
      part.release();
    }

    @Override
    public void pausing() {
      pauses++;
    }

    @Override
    public void end(String trailers) {
      ended = true;
    }

    @Override
    public void abort(Failure failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void noMoreCompressorsAreInUseThanALoopMayHave() {
    Deflaters deflaters = new Deflaters();
    FastDeflater last = null;
    for (int i = 0; i < Deflaters.MAX; i++) {
      last = deflaters.take();
      assertThat(last).isNotNull();
    }
    assertThat(deflaters.take()).isNull();
    deflaters.giveBack(last);
    assertThat(deflaters.take()).isSameAs(last);
  }
}
