// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.tls.TestCertificate;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.wire.TlsRelay;

/** Several listeners at once: what each opens, and what it does with who comes there. */
class ListenTest {
  private Path directory;
  private ScriptedWorker main;

  @BeforeEach
  void start() throws Exception {
    directory = Files.createTempDirectory("gw");
    main = ScriptedWorker.at(directory.resolve("inbound_main.sock"), ScriptedWorker.saying("main"));
  }

  @AfterEach
  void stop() {
    main.close();
  }

  private TestGateway listening(String listen, String... more) {
    String[] properties = new String[more.length + 2];
    properties[0] = "gateway.listen";
    properties[1] = listen;
    System.arraycopy(more, 0, properties, 2, more.length);
    return TestGateway.shipped(directory, properties);
  }

  /** The port of the listener at this place of the list. */
  private static int port(TestGateway gateway, int number) {
    String address = gateway.frontDoor().localAddresses().get(number);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private static RawMessage ask(int port, String text) throws IOException {
    try (RawClient client = RawClient.connect(port)) {
      return client.exchange(text);
    }
  }

  private static String get(String target, String... lines) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + String.join("", lines) + "\r\n";
  }

  private String exchange(Path socket, String text) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
      ByteBuffer reply = ByteBuffer.allocate(4096);
      while (channel.read(reply) >= 0 && reply.hasRemaining()) {
        // until the gateway closes
      }
      return new String(reply.array(), 0, reply.position(), StandardCharsets.ISO_8859_1);
    }
  }

  // ---- what is opened

  @Test
  void allListenersServe() throws Exception {
    Path socket = directory.resolve("own.sock");
    try (TestGateway gateway =
        listening("http://127.0.0.1:0 http://[::1]:0 unix:" + socket + "?mode=0640")) {
      assertThat(gateway.frontDoor().localAddresses())
          .hasSize(3)
          .satisfies(all -> assertThat(all.get(1)).startsWith("[::1]:"))
          .endsWith("unix:" + socket);
      assertThat(ask(port(gateway, 0), get("/a")).content()).isEqualTo("main");
      InetSocketAddress v6 = new InetSocketAddress(AddressSet.numeric("::1"), port(gateway, 1));
      try (RawClient client = RawClient.connect(v6)) {
        assertThat(client.exchange(get("/b")).content()).isEqualTo("main");
      }
      assertThat(exchange(socket, get("/c", "Connection: close\r\n"))).endsWith("main");
      assertThat(main.awaitRequest(2).head().text())
          .contains("X-Forwarded-For: unix:", "X-Forwarded-Proto: http\r\n");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-r-----");
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aSocketThatNobodyListensOnIsReplaced() throws Exception {
    Path socket = directory.resolve("own.sock");
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    try (TestGateway gateway = listening("unix:" + socket, "gateway.port", "8008")) {
      assertThat(gateway.frontDoor().isOpen()).isTrue();
      assertThat(exchange(socket, get("/a", "Connection: close\r\n"))).endsWith("main");
    }
  }

  @Test
  void allAddressesOfIpv4AreNoneOfIpv6() throws Exception {
    try (TestGateway gateway =
        listening("http://0.0.0.0:0", "management.host", "0.0.0.0", "gateway.host", "0.0.0.0")) {
      int port = port(gateway, 0);
      assertThat(ask(port, get("/a")).content()).isEqualTo("main");
      InetSocketAddress v6 = new InetSocketAddress(AddressSet.numeric("::1"), port);
      assertThatThrownBy(() -> RawClient.connect(v6)).isInstanceOf(ConnectException.class);
      // so that another listener may have it
      try (ServerSocket other = new ServerSocket(port, 1, AddressSet.numeric("::1"))) {
        assertThat(other.isBound()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "[::], 0.0.0.0",
    "[::], 127.0.0.1",
    "localhost, 127.0.0.1",
    "[::1], [0:0:0:0:0:0:0:1]"
  })
  void twoEntriesForOneAddressAreTold(String first, String second) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String listen = "http://" + first + ":" + port + " http://" + second + ":" + port;
    assertThatThrownBy(() -> listening(listen, "gateway.port", "" + port))
        .hasMessageContainingAll(
            "cannot listen on " + second + ":" + port,
            "gateway.listen has ",
            ":" + port + " too, which is the same; remove one");
  }

  @Test
  void anotherServerAtThePortOfAnotherAddressIsTold() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, AddressSet.numeric("127.0.0.2"))) {
      String port = ":" + taken.getLocalPort();
      refused(
          "http://127.0.0.1" + port + " http://127.0.0.2" + port,
          "cannot listen on 127.0.0.2" + port,
          "another server listens there");
    }
  }

  @Test
  void nothingIsOpenedIfOneCannotBe() throws Exception {
    Path socket = directory.resolve("own.sock");
    Path file = Files.writeString(directory.resolve("file"), "text");
    try (ServerSocket taken = new ServerSocket(0, 1, AddressSet.numeric("127.0.0.1"));
        ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      Path listened = directory.resolve("other.sock");
      other.bind(UnixDomainSocketAddress.of(listened));
      String port = "127.0.0.1:" + taken.getLocalPort();
      refused("http://" + port, "cannot listen on " + port, "another server listens there");
      refused("unix:" + listened, "another server listens there");
      Path busy = directory.resolve("busy.sock");
      try (ServerSocketChannel slow = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
          SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX);
          SocketChannel second = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(busy);
        slow.bind(address, 1);
        first.connect(address);
        second.connect(address); // Linux lets one more wait than the backlog has
        refused("unix:" + busy, "another server listens there");
      }
      refused("unix:" + file, "no socket");
      Path pipe = directory.resolve("pipe");
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
      refused("unix:" + pipe, "no socket");
      assertThat(pipe).exists();
      refused("unix:/nowhere/at/all.sock", "No such file");
      refused("unix:" + directory + "/x.sock?group=nosuchgroup", "no group nosuchgroup");
      refused("fd:web", "systemd has passed no sockets");
    }
    assertThatThrownBy(
            () -> listening("unix:" + socket + " https://127.0.0.1:0", "gateway.port", "8008"))
        .hasMessageContaining("takes a certificate");
    assertThat(socket).doesNotExist();
    assertThat(file).hasContent("text");
    assertThat(directory.resolve("x.sock")).doesNotExist();
  }

  private void refused(String entry, String... why) {
    Path socket = directory.resolve("own.sock");
    assertThatThrownBy(() -> listening("unix:" + socket + " " + entry, "gateway.port", "8008"))
        .hasMessageContainingAll(why)
        .hasMessageContaining("gateway.listen");
    assertThat(socket).doesNotExist();
  }

  @Test
  void aChangedListWaitsForTheNextStart() throws Exception {
    String key = "gateway.listen";
    System.setProperty(key, "http://127.0.0.1:0");
    try (LogCapture log = LogCapture.ofAll();
        TestGateway gateway = TestGateway.shipped(directory)) {
      List<String> before = gateway.frontDoor().localAddresses();
      System.setProperty(key, "http://127.0.0.1:0 unix:" + directory.resolve("new.sock"));
      String answer = gateway.manage("POST", "/observe/reload").body();
      assertThat(answer).contains("\"nextStart\" : [ \"gateway.listen\" ]");
      assertThat(log.messages())
          .contains("gateway.listen has changed; that takes effect at the next start [next-start]");
      assertThat(gateway.frontDoor().localAddresses()).isEqualTo(before);
      assertThat(directory.resolve("new.sock")).doesNotExist();
      assertThat(ask(gateway.port(), get("/a")).content()).isEqualTo("main");

      System.setProperty(key, "http://127.0.0.1:0 ftp://a:1");
      assertThat(gateway.manage("POST", "/observe/reload").body()).contains("ftp://a:1");
      assertThat(ask(gateway.port(), get("/a")).content()).isEqualTo("main");
    } finally {
      System.clearProperty(key);
    }
  }

  @Test
  void aChangedHostWaitsForTheNextStartUnlessItIsChangedBack() throws Exception {
    String told = "The gateway is to listen on";
    System.setProperty("gateway.host", "127.0.0.1");
    try (LogCapture log = LogCapture.ofAll();
        TestGateway gateway = TestGateway.shipped(directory)) {
      System.setProperty("gateway.host", "127.0.0.2");
      gateway.manage("POST", "/observe/reload");
      assertThat(log.messages()).filteredOn(line -> line.startsWith(told)).hasSize(1);
      System.setProperty("gateway.host", "127.0.0.1");
      gateway.manage("POST", "/observe/reload");
      assertThat(log.messages()).filteredOn(line -> line.startsWith(told)).hasSize(1);
    } finally {
      System.clearProperty("gateway.host");
    }
  }

  // ---- the PROXY protocol

  private static final String LISTENER = "http://127.0.0.1:0?proxy-protocol";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PROXY TCP4 203.0.113.7 192.0.2.1 4711 443            | 203.0.113.7
          PROXY TCP6 2001:db8::7 2001:db8::1 4711 443          | 2001:db8::7
          PROXY TCP6 ::ffff:203.0.113.8 ::ffff:192.0.2.1 1 443 | 203.0.113.8
          PROXY UNKNOWN                                        | 127.0.0.1
          PROXY UNKNOWN ffff::1 ffff::2 65535 65535            | 127.0.0.1
          """)
  void theClientIsWhomTheFirstVersionNames(String header, String client) throws Exception {
    try (TestGateway gateway = listening(LISTENER)) {
      assertThat(ask(gateway.port(), header + "\r\n" + get("/a")).content()).isEqualTo("main");
      assertThat(main.awaitRequest(0).head().text())
          .contains("X-Forwarded-For: " + client + "\r\n");
    }
  }

  @Test
  void aHeaderThatIsOnItsWayWhenTheGatewayStopsBringsItsRequest() throws Exception {
    TestGateway gateway = listening(LISTENER);
    CompletableFuture<Void> stop;
    try (RawClient client = RawClient.connect(gateway.port())) {
      client.send("PROXY TCP4 203.0.113.7 ");
      client.awaitTaken();
      stop = CompletableFuture.runAsync(gateway::close);
      await().until(() -> !gateway.frontDoor().isOpen());
      client.send("192.0.2.1 4711 443\r\n" + get("/a"));
      assertThat(client.readReply().content()).isEqualTo("main");
    }
    stop.join();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2111 000c cb007107 c0000201 1267 01bb                      | 203.0.113.7 | http
          2111 0014 cb007107 c0000201 1267 01bb 200005 01 00000000   | 203.0.113.7 | https
          2111 0014 cb007107 c0000201 1267 01bb 200005 00 00000000   | 203.0.113.7 | http
          2111 0010 cb007107 c0000201 1267 01bb 04000100             | 203.0.113.7 | http
          2121 0024 20010db8000000000000000000000007 20010db8000000000000000000000001 1267 01bb | 2001:db8::7 | http
          2011 000c cb007107 c0000201 1267 01bb                      | 127.0.0.1   | http
          2000 0000                                                  | 127.0.0.1   | http
          2100 0000                                                  | 127.0.0.1   | http
          """)
  void theClientIsWhomTheSecondVersionNames(String hex, String client, String scheme)
      throws Exception {
    try (TestGateway gateway = listening(LISTENER);
        RawClient connected = RawClient.connect(gateway.port())) {
      connected.sendBytewise(binary(hex));
      assertThat(connected.exchange(get("/a")).content()).isEqualTo("main");
      assertThat(main.awaitRequest(0).head().text())
          .contains("X-Forwarded-For: " + client + "\r\n", "X-Forwarded-Proto: " + scheme);
    }
  }

  /** The signature and what follows, one byte a char. */
  private static String binary(String hex) {
    StringBuilder text = new StringBuilder("\r\n\r\n\0\r\nQUIT\n");
    String digits = hex.replace(" ", "");
    for (int i = 0; i < digits.length(); i += 2) {
      text.append((char) Integer.parseInt(digits.substring(i, i + 2), 16));
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET / HTTP/1.1
          PROXY TCP5 1.2.3.4 1.2.3.4 1 1
          PROXY TCP4 1.2.3.4 1.2.3.4 1
          PROXY TCP4 1.2.3 1.2.3.4 1 1
          PROXY TCP4 1.2.3.4 1.2.3.4 1 65536
          PROXY TCP4 ::1 1.2.3.4 1 1
          proxy TCP4 1.2.3.4 1.2.3.4 1 1
          PROXY  TCP4 1.2.3.4 1.2.3.4 1 1
          """)
  void whatIsNoHeaderIsClosedWithoutAWord(String line) throws Exception {
    try (TestGateway gateway = listening(LISTENER)) {
      closes(gateway, line + "\r\n" + get("/a"));
    }
  }

  @Test
  void whatCannotBeServedIsClosed() throws Exception {
    try (TestGateway gateway = listening(LISTENER)) {
      closes(gateway, "PROXY TCP4 1.2.3.4 " + "1".repeat(120));
      closes(gateway, binary("1111 000c cb007107 c0000201 1267 01bb")); // version 1 in binary
      closes(gateway, binary("2211 000c cb007107 c0000201 1267 01bb")); // an unknown command
      closes(gateway, binary("2112 000c cb007107 c0000201 1267 01bb")); // UDP
      closes(gateway, binary("2111 000b cb007107 c0000201 1267 01")); // too short
      closes(gateway, binary("2131 00d8 " + "2f".repeat(216))); // a UNIX socket
      closes(gateway, binary("2111 ffff " + "00".repeat(4096))); // too long
      assertThat(main.requests()).isEmpty();
      await().until(() -> gateway.frontDoor().connectionCount() == 0);
    }
  }

  private static void closes(TestGateway gateway, String bytes) throws IOException {
    try (RawClient client = RawClient.connect(gateway.port())) {
      assertThat(client.send(bytes).readToEnd()).isEmpty();
    }
  }

  @Test
  void whoIsNoTrustedProxyIsClosedAndToldOf() throws Exception {
    try (LogCapture log = LogCapture.ofAll();
        TestGateway gateway = listening(LISTENER, "gateway.trusted-proxies", "192.0.2.1")) {
      closes(gateway, "");
      assertThat(log.messages())
          .anyMatch(line -> line.contains("127.0.0.1 connects to http://127.0.0.1:0, which takes"));
      assertThat(gateway.metrics()).contains("result=\"untrusted\"} 1.0");
    }
  }

  @Test
  void aListenerMayTrustWhoeverComes() throws Exception {
    try (TestGateway gateway =
        listening(
            "http://127.0.0.1:0?trusted http://127.0.0.1:0 " + LISTENER + "&trusted",
            "gateway.trusted-proxies",
            "192.0.2.1")) {
      String request = get("/a", "X-Forwarded-For: 203.0.113.9\r\n");
      ask(port(gateway, 0), request);
      ask(port(gateway, 1), request);
      ask(port(gateway, 2), "PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n" + request);
      assertThat(List.of(main.awaitRequest(0), main.awaitRequest(1), main.awaitRequest(2)))
          .extracting(message -> message.value("X-Forwarded-For"))
          .containsExactly("203.0.113.9", "127.0.0.1", "203.0.113.7");
    }
  }

  @Test
  void aHeaderThatDoesNotComeIsNotWaitedForLongerThanForAHead() throws Exception {
    try (TestGateway gateway = listening(LISTENER, "gateway.client-head-timeout", "300ms")) {
      closes(gateway, "PROXY TCP4 ");
      await().until(() -> gateway.frontDoor().connectionCount() == 0);
    }
  }

  @Test
  void limitsAreOfTheClientThatIsNamed() throws Exception {
    try (TestGateway gateway = listening(LISTENER, "gateway.connections-per-client-max", "1");
        RawClient first = RawClient.connect(gateway.port());
        RawClient second = RawClient.connect(gateway.port());
        RawClient other = RawClient.connect(gateway.port())) {
      String one = "PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n";
      assertThat(first.exchange(one + get("/a")).status()).isEqualTo(200);
      assertThat(second.exchange(one + get("/a")).status()).isEqualTo(429);
      assertThat(other.exchange(one.replace(".7 ", ".8 ") + get("/a")).status()).isEqualTo(200);
    }
  }

  @Test
  void theAdminApiIsForThePrivateClientThatIsNamed() throws Exception {
    try (TestGateway gateway = listening(LISTENER)) {
      String admin = get("/_synapse/admin/v1/server_version");
      assertThat(ask(gateway.port(), "PROXY TCP4 203.0.113.7 10.0.0.1 1 443\r\n" + admin).status())
          .isEqualTo(403);
      assertThat(ask(gateway.port(), "PROXY TCP4 10.0.0.7 10.0.0.1 1 443\r\n" + admin).status())
          .isEqualTo(200);
    }
  }

  // ---- redirects and ACME

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /a/%2e%2F//b?c=d&e=%20 | matrix.example.com       | https://matrix.example.com/a/%2e%2F//b?c=d&e=%20
          //evil.example/        | h                        | https://h//evil.example/
          /                      | example.com:80           | https://example.com/
          /                      | example.com:8448         | https://example.com:8448/
          /                      | [2001:db8::1]            | https://[2001:db8::1]/
          /                      | [2001:db8::1]:80         | https://[2001:db8::1]/
          /                      | [2001:db8::8448]         | https://[2001:db8::8448]/
          http://a.example:80?q  | b                        | https://a.example/?q
          http://a.example/c     | b                        | https://a.example/c
          """)
  void aRedirectKeepsHostAndTarget(String target, String host, String location) throws Exception {
    try (TestGateway gateway = listening("http://127.0.0.1:0?redirect")) {
      RawMessage reply =
          ask(gateway.port(), "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertThat(reply.status()).isEqualTo(308);
      assertThat(reply.value("Location")).isEqualTo(location);
      assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(reply.value("Content-Length")).isEqualTo("0");
      assertThat(reply.value("Strict-Transport-Security")).isNull();
      assertThat(main.requests()).isEmpty();
    }
  }

  @Test
  void aRedirectTakesNoBadHostAndNoBody() throws Exception {
    try (TestGateway gateway = listening("http://127.0.0.1:0?redirect");
        RawClient client = RawClient.connect(gateway.port())) {
      assertThat(ask(gateway.port(), "GET / HTTP/1.0\r\n\r\n").status()).isEqualTo(400);
      assertThat(ask(gateway.port(), "GET / HTTP/1.1\r\nHost:\r\n\r\n").status()).isEqualTo(400);
      assertThat(ask(gateway.port(), "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n").status())
          .isEqualTo(400);
      String post = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
      assertThat(client.exchange(get("/b")).status()).isEqualTo(308);
      assertThat(client.exchange(get("/b")).status()).isEqualTo(308);
      assertThat(client.exchange(post).value("Connection")).isEqualTo("close");
    }
  }

  @Test
  void wellKnownPathsAreNeverRedirected() throws Exception {
    try (TestGateway gateway =
        listening(
            "http://127.0.0.1:0?redirect",
            "gateway.well-known.client",
            "{\"m.homeserver\":{\"base_url\":\"https://matrix.example.com\"}}",
            "gateway.well-known.support",
            "{\"contacts\":[{\"role\":\"m.role.admin\"}]}")) {
      RawMessage client = ask(gateway.port(), get("/.well-known/matrix/client", "A: b\r\n"));
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.content())
          .isEqualTo("{\"m.homeserver\":{\"base_url\":\"https://matrix.example.com\"} }");
      assertThat(client.value("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(client.value("Content-Type")).isEqualTo("application/json");
      assertThat(client.head().text()).doesNotContain("A: b", "User-Agent");
      assertThat(ask(gateway.port(), get("/.well-known/matrix/support")).content())
          .isEqualTo("{\"contacts\":[{\"role\":\"m.role.admin\"}]}");
      assertThat(main.requests()).isEmpty();
      // nothing is set, so Synapse may know it
      assertThat(ask(gateway.port(), get("/.well-known/matrix/server")).content())
          .isEqualTo("main");
      assertThat(ask(gateway.port(), get("/.well-known/matrix/server/x")).status()).isEqualTo(308);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a":{"b":"{{gateway.port}}"}}   | {"a":{"b":"{\\u007bgateway.port}\\u007d"} }
          {"a":{"b":"{{no.such}}, \\"}}"}} | {"a":{"b":"{\\u007bno.such}\\u007d, \\"}\\u007d"} }
          {"a":{}}                         | {"a":{} }
          """)
  void noPlaceholderIsReadInJson(String setting, String served) throws Exception {
    try (TestGateway gateway =
        listening("http://127.0.0.1:0", "gateway.well-known.client", setting)) {
      assertThat(ask(gateway.port(), get("/.well-known/matrix/client")).content())
          .isEqualTo(served);
    }
  }

  @Test
  void aBrowserMayAskWhetherItMayAskBeforeARedirect() throws Exception {
    try (TestGateway gateway = listening("http://127.0.0.1:0?redirect")) {
      String fields = "Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n";
      RawMessage reply =
          ask(gateway.port(), "OPTIONS /a HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
      assertThat(reply.status()).isEqualTo(204);
      assertThat(reply.value("Location")).isNull();
      assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(reply.value("Access-Control-Allow-Methods")).contains("PUT");
      assertThat(reply.value("Access-Control-Allow-Headers")).contains("Authorization");
      assertThat(ask(gateway.port(), "OPTIONS /a HTTP/1.1\r\nHost: h\r\n\r\n").status())
          .isEqualTo(308);
      assertThat(main.requests()).isEmpty();
    }
  }

  @Test
  void challengesAreServedBeforeTheRedirect() throws Exception {
    Path challenges = Files.createDirectories(directory.resolve("acme/.well-known/acme-challenge"));
    String token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr_oA";
    Files.writeString(challenges.resolve(token), token + ".thumbprint");
    Files.writeString(challenges.resolve("long"), "a".repeat(1025));
    Files.writeString(directory.resolve("acme/secret"), "secret");
    Files.createSymbolicLink(challenges.resolve("link"), directory.resolve("acme/secret"));
    try (TestGateway gateway =
        listening(
            "http://127.0.0.1:0?redirect http://127.0.0.1:0",
            "gateway.acme-webroot",
            directory.resolve("acme").toString())) {
      String prefix = "/.well-known/acme-challenge/";
      for (int number = 0; number < 2; number++) {
        int port = port(gateway, number);
        assertThat(ask(port, get(prefix + token)).content()).isEqualTo(token + ".thumbprint");
        for (String other :
            List.of("", "none", "long", "link", "..", "../../secret", "%2e%2e/x", "a/b", ".")) {
          assertThat(ask(port, get(prefix + other)).status()).as(other).isEqualTo(404);
        }
        assertThat(ask(port, "POST " + prefix + token + " HTTP/1.1\r\nHost: h\r\n\r\n").status())
            .isEqualTo(405);
      }
      assertThat(main.requests()).isEmpty();
    }
  }

  @Test
  void aRouteMaySelectByListenerAndByHost() throws Exception {
    String steps =
        """
        - setHeader: {name: X-Listener, expression: {simple: {expression: "${body.listener}"}}}
        - setHeader: {name: X-Host, expression: {simple: {expression: "${header.Host}"}}}
        - to: worker:unix:%s
        """
            .formatted(directory.resolve("inbound_main.sock"));
    try (TestGateway gateway =
        TestGateway.withSteps(
            directory, steps, "gateway.listen", "http://127.0.0.1:0 http://[::1]:0")) {
      ask(port(gateway, 0), get("/a"));
      assertThat(main.awaitRequest(0).head().text())
          .contains("X-Listener: http://127.0.0.1:0\r\n", "X-Host: h\r\n");
    }
  }

  // ---- https

  private TestGateway secured(String listen, String... more) throws IOException {
    return secured(directory, listen, more);
  }

  private TestGateway secured(Path workers, String listen, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("gateway.listen", listen));
    TestCertificate.of("h").writeTo(directory.resolve("tls"));
    all.addAll(List.of("gateway.tls.certificates", directory.resolve("tls").toString()));
    all.addAll(List.of(more));
    return TestGateway.shipped(workers, all.toArray(String[]::new));
  }

  private static RawMessage askTls(int port, String text) throws IOException {
    return askTls(port, "", text);
  }

  /**
   * @param before goes out in plain before the handshake
   */
  private static RawMessage askTls(int port, String before, String text) throws IOException {
    try (TlsRelay relay = new TlsRelay(port, before)) {
      return ask(relay.port(), text);
    }
  }

  @Test
  void httpsIsToldToTheWorkerAndBrowsersAreToComeByItOnly() throws Exception {
    try (TestGateway gateway = secured("https://127.0.0.1:0 http://127.0.0.1:0")) {
      RawMessage reply = askTls(port(gateway, 0), get("/a"));
      assertThat(reply.values("Strict-Transport-Security")).containsExactly("max-age=31536000");
      assertThat(main.awaitRequest(0).value("X-Forwarded-Proto")).isEqualTo("https");
      RawMessage own = askTls(port(gateway, 0), get("/_synapse/replication"));
      assertThat(own.status()).isEqualTo(403);
      assertThat(own.value("Strict-Transport-Security")).isEqualTo("max-age=31536000");
      assertThat(ask(port(gateway, 1), get("/a")).values("Strict-Transport-Security")).isEmpty();
    }
    try (TestGateway gateway = secured("https://127.0.0.1:0", "gateway.hsts", "0s")) {
      assertThat(askTls(gateway.port(), get("/a")).values("Strict-Transport-Security")).isEmpty();
    }
  }

  @Test
  void aReplyThatSaysItItselfIsLeftAlone() throws Exception {
    String reply =
        "HTTP/1.1 200 OK\r\nstrict-transport-security: max-age=1\r\nContent-Length: 0\r\n\r\n";
    Path other = Files.createTempDirectory("gw");
    try (ScriptedWorker strict =
            ScriptedWorker.at(other.resolve("inbound_main.sock"), ScriptedWorker.replying(reply));
        TestGateway gateway = secured(other, "https://127.0.0.1:0")) {
      assertThat(askTls(gateway.port(), get("/a")).values("Strict-Transport-Security"))
          .containsExactly("max-age=1");
      assertThat(strict.requests()).hasSize(1);
    }
  }

  @Test
  void plainHttpOnAPortForHttpsIsToldSo() throws Exception {
    try (TestGateway gateway = secured("https://127.0.0.1:0")) {
      RawMessage reply = ask(gateway.port(), get("/a"));
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.value("Connection")).isEqualTo("close");
      assertThat(reply.content()).contains("M_UNKNOWN", "https");
      assertThat(gateway.metrics())
          .contains("gateway_tls_handshakes_failed_total{reason=\"not_tls\"} 1.0");
      assertThat(main.requests()).isEmpty();
    }
  }

  @Test
  void tlsComesBehindTheHeaderOfTheProxyProtocol() throws Exception {
    try (TestGateway gateway = secured("https://127.0.0.1:0?proxy-protocol")) {
      String header = "PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n";
      assertThat(askTls(gateway.port(), header, get("/a")).status()).isEqualTo(200);
      assertThat(main.awaitRequest(0).head().text())
          .contains("X-Forwarded-For: 203.0.113.7\r\n", "X-Forwarded-Proto: https\r\n");
      assertThat(ask(gateway.port(), header + get("/a")).status()).isEqualTo(400);
    }
  }

  @Test
  void atAnOpenEdgeOnlyThisMachineIsPrivate() throws Exception {
    String admin = get("/_synapse/admin/v1/server_version", "X-Forwarded-For: 10.0.0.7\r\n");
    try (TestGateway gateway = secured("http://127.0.0.1:0 https://0.0.0.0:0")) {
      assertThat(ask(port(gateway, 0), admin).status()).isEqualTo(403);
      assertThat(ask(port(gateway, 0), get("/_synapse/admin/v1/server_version")).status())
          .isEqualTo(200);
    }
    try (TestGateway gateway =
        secured(
            "http://127.0.0.1:0 https://0.0.0.0:0", "gateway.private-clients", "10.0.0.0/8 ::1")) {
      assertThat(ask(port(gateway, 0), admin).status()).isEqualTo(200);
    }
    try (TestGateway gateway = secured("http://127.0.0.1:0 https://127.0.0.1:0")) {
      assertThat(ask(port(gateway, 0), admin).status()).isEqualTo(200);
    }
  }
}
