// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.LogCapture;

class TlsTest {
  private static final int TIMEOUT_MILLIS = 10_000;

  @TempDir Path directory;
  private TestCertificate first;
  private Tls tls;
  private TlsEcho server;
  private SSLContext client;

  @BeforeEach
  void start() throws Exception {
    first = TestCertificate.of("example.org", "*.example.org");
    first.writeTo(directory.resolve("a"));
    TestCertificate.of("other.org", "127.0.0.1").writeTo(directory.resolve("b"));
    serve(TlsProfile.INTERMEDIATE, null);
    client = client(true);
  }

  private void serve(TlsProfile profile, Path tickets) throws TlsFault {
    int port = server == null ? 0 : server.port(); // clients keep tickets by the port
    stop();
    tls = Tls.of(directory.resolve("a") + " " + directory.resolve("b"), profile, tickets, null);
    server = new TlsEcho(tls, port);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
      tls.close();
      server = null;
    }
  }

  private static SSLContext client(boolean trusts) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    TrustManager all =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type)
              throws CertificateException {
            if (!trusts) {
              throw new CertificateException("not for me");
            }
          }

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    context.init(null, new TrustManager[] {all}, new SecureRandom());
    return context;
  }

  /** A name that Java's own clients would not send. */
  private static final class AnyName extends SNIServerName {
    private AnyName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.UTF_8));
    }
  }

  private SSLSocket connect(String name) throws IOException {
    return connect(new Socket(InetAddress.getLoopbackAddress(), server.port()), name);
  }

  private SSLSocket connect(Socket raw, String name) throws IOException {
    raw.setSoTimeout(TIMEOUT_MILLIS);
    SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket(raw, "127.0.0.1", server.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    if (name != null) {
      parameters.setServerNames(List.of(new AnyName(name)));
    }
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static String echo(SSLSocket socket, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    socket.getOutputStream().write(bytes);
    return new String(
        socket.getInputStream().readNBytes(bytes.length), StandardCharsets.ISO_8859_1);
  }

  private String event() throws InterruptedException {
    return server.events.poll(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** As a client sees it that has no ticket of an earlier one. */
  private X509Certificate served(String name) throws Exception {
    client = client(true);
    try (SSLSocket socket = connect(name)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private X509Certificate inDirectory(String name) throws TlsFault {
    return Certificate.read(CertificateFiles.of(directory.resolve(name).toString()).get(0)).leaf();
  }

  // ---- bytes

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void bytesComeBack(String version) throws Exception {
    try (SSLSocket socket = connect("example.org")) {
      socket.setEnabledProtocols(new String[] {version});
      assertThat(echo(socket, "a")).isEqualTo("a");
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
      assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
      assertThat(event()).isEqualTo(version + " full");
      for (int size : List.of(2, 16_383, 16_384, 16_385, 40_000, 100_000)) {
        String text = "b".repeat(size);
        assertThat(echo(socket, text)).isEqualTo(text);
      }
    }
  }

  /**
   * Else nothing would acknowledge its last message before the kernel does after 40 ms, for which
   * clients with Nagle's algorithm hold back what they have to say.
   */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aHandshakeIsCompleteBeforeTheClientSaysMore(String version) throws Exception {
    try (SSLSocket socket = connect("example.org")) {
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      assertThat(event()).isEqualTo(version + " full");
      assertThat(echo(socket, "a")).isEqualTo("a");
    }
    assertThat(served("example.org")).isEqualTo(first.x509());
    assertThat(event()).isEqualTo("TLSv1.3 full"); // that of the other one, which was told once
  }

  @Test
  void theModernProfileSpeaksTls13Only() throws Exception {
    serve(TlsProfile.MODERN, null);
    try (SSLSocket socket = connect("example.org")) {
      assertThat(echo(socket, "a")).isEqualTo("a");
      assertThat(event()).isEqualTo("TLSv1.3 full");
    }
    try (SSLSocket socket = connect("example.org")) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
      assertThat(event()).isEqualTo("failed version");
    }
  }

  /** Neither side may wait for the other, and neither may lose or exchange a byte. */
  @Test
  void muchComesBackAtThePaceOfTheClient() throws Exception {
    byte[] much = new byte[8 << 20];
    for (int i = 0; i < much.length; i++) {
      much[i] = (byte) (i * 31L >> 3 & 0x3f); // neither of the letters that mean something
    }
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try (SSLSocket socket = connect("example.org")) {
      socket.startHandshake();
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(
              () -> {
                try {
                  socket.getOutputStream().write(much);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              },
              writer);
      byte[] back = socket.getInputStream().readNBytes(much.length);
      written.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      assertThat(Arrays.equals(back, much)).isTrue();
    } finally {
      writer.shutdownNow();
    }
  }

  @Test
  void recordsMayComeByteByByte() throws Exception {
    Socket slow =
        new Socket(InetAddress.getLoopbackAddress(), server.port()) {
          @Override
          public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
              @Override
              public void write(byte[] bytes, int from, int length) throws IOException {
                for (int i = from; i < from + length; i++) {
                  out.write(bytes[i]);
                  out.flush();
                }
              }
            };
          }
        };
    slow.setTcpNoDelay(true);
    try (SSLSocket socket = connect(slow, "example.org")) {
      assertThat(echo(socket, "abc".repeat(300))).isEqualTo("abc".repeat(300));
    }
  }

  @Test
  void toEncryptTakesAsMuchOfATurnAsARequestEachRecord() throws Exception {
    try (SSLSocket socket = connect("example.org")) {
      assertThat(echo(socket, "a")).isEqualTo("a");
      assertThat(server.encrypts(10)).isFalse();
      assertThat(server.encrypts(1_100)).isTrue();
    }
  }

  // ---- the end

  @Test
  void theEndIsTold() throws Exception {
    try (SSLSocket socket = connect("example.org")) {
      assertThat(echo(socket, "quit")).isEqualTo("quit");
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  /** With this many look when a certificate ends. */
  @Test
  void theEndMayComeWithTheLastMessageOfTheHandshake() throws Exception {
    Path openssl = Path.of("/usr/bin/openssl");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(openssl));
    String address = "127.0.0.1:" + server.port();
    for (int i = 0; i < 5; i++) {
      Process client =
          new ProcessBuilder(openssl.toString(), "s_client", "-tls1_3", "-connect", address)
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(client.waitFor()).isZero();
      assertThat(event()).isEqualTo("TLSv1.3 full");
    }
  }

  @Test
  void whatBreaksOffIsNoEnd() throws Exception {
    try (SSLSocket socket = connect("example.org")) {
      socket.getOutputStream().write('x');
      assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void plainHttpIsAnsweredInPlain() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("speak TLS");
    }
    assertThat(event()).isEqualTo("failed not_tls");
  }

  @Test
  void noiseIsAnsweredNothing() throws Exception {
    for (byte[] noise : List.of(new byte[] {0}, new byte[] {(byte) 0x80, 1}, new byte[100])) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.getOutputStream().write(noise);
        assertThat(readToEnd(socket)).isEmpty();
      }
      assertThat(event()).isEqualTo("failed not_tls");
    }
  }

  private static byte[] readToEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (java.net.SocketException e) {
      return new byte[0]; // a reset, as not all was read
    }
  }

  @Test
  void whoHasNothingInCommonIsToldSo() throws Exception {
    try (SSLSocket socket = connect("example.org")) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
      assertThatThrownBy(socket::startHandshake).hasMessageContaining("handshake_failure");
    }
    assertThat(event()).isEqualTo("failed nothing_shared");
  }

  @Test
  void aRecordThatIsTooLongIsNoHandshake() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, -1, -1, 0});
      readToEnd(socket);
    }
    assertThat(event()).isEqualTo("failed other");
  }

  @Test
  void aClientMayRefuseOrGo() throws Exception {
    client = client(false);
    try (SSLSocket socket = connect("example.org")) {
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
    assertThat(event()).isEqualTo("failed certificate_refused");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1});
    }
    assertThat(event()).isEqualTo("failed closed");
    new Socket(InetAddress.getLoopbackAddress(), server.port())
        .close(); // a health check, and no handshake
    assertThat(served("example.org")).isEqualTo(first.x509());
  }

  // ---- certificates

  @Test
  void theCertificateIsThatOfTheName() throws Exception {
    assertThat(served("example.org")).isEqualTo(first.x509());
    assertThat(served("MATRIX.example.org")).isEqualTo(first.x509());
    assertThat(served("other.org")).isEqualTo(inDirectory("b"));
    assertThat(served("unknown.org")).isEqualTo(first.x509());
    assertThat(served("a.b.example.org")).isEqualTo(first.x509());
    // no name: that of the address
    assertThat(served(null)).isEqualTo(inDirectory("b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"other.org.", "other.org:8448", "OTHER.org.:443"})
  void aDotAndAPortBehindTheNameAreNoPartOfIt(String name) throws Exception {
    assertThat(served(name)).isEqualTo(inDirectory("b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a_b.org", "...", ".", ":", "[::1]", "[::1]:8448", "b\u00fccher.org", "xn--"})
  void aNameThatIsNoneGetsTheFirstCertificate(String name) throws Exception {
    assertThat(served(name)).isEqualTo(first.x509());
  }

  @Test
  void aLabelThatIsTooLongGetsTheFirstCertificate() throws Exception {
    assertThat(served("a".repeat(64) + ".org")).isEqualTo(first.x509());
  }

  @Test
  void aRecordThatIsTooLargeIsToldByAnAlert() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, (byte) 0xFF, (byte) 0xFF, 1});
      assertThat(socket.getInputStream().readAllBytes()).containsExactly(0x15, 3, 3, 0, 2, 2, 22);
    }
    assertThat(event()).isEqualTo("failed other");
  }

  @Test
  void aRenewedCertificateIsServedAndNoConnectionEnds() throws Exception {
    try (SSLSocket before = connect("example.org")) {
      assertThat(echo(before, "a")).isEqualTo("a");
      TestCertificate.of("example.org").writeTo(directory.resolve("a"));
      tls.reload();
      assertThat(served("example.org")).isEqualTo(inDirectory("a")).isNotEqualTo(first.x509());
      assertThat(echo(before, "b")).isEqualTo("b");
      assertThat(before.getSession().getPeerCertificates()[0]).isEqualTo(first.x509());
    }
  }

  @Test
  void aBrokenOneIsRefusedAndTheOldOneGoesOn() throws Exception {
    Path key = directory.resolve("a/privkey.pem");
    String good = Files.readString(key);
    Files.writeString(key, TestCertificate.of("x").key());
    TestCertificate.of("other.org").writeTo(directory.resolve("b"));
    tls.reload();
    assertThat(tls.refused()).isEqualTo(1);
    assertThat(served("example.org")).isEqualTo(first.x509());
    assertThat(served("other.org")).isEqualTo(inDirectory("b"));
    Files.delete(key);
    tls.reload();
    assertThat(tls.refused()).isEqualTo(1);
    assertThat(served("example.org")).isEqualTo(first.x509());
    Files.writeString(key, good);
    tls.reload();
    assertThat(tls.refused()).isZero();
    assertThat(tls.certificates()).hasSize(2);
  }

  /** The names of files change with a rename, and the new ones may be wrong. */
  @Test
  void theLastGoodPairGoesOnWhileAllThatReplaceItAreBroken() throws Exception {
    Path place = Files.createDirectory(directory.resolve("place"));
    TestCertificate old = TestCertificate.of("old.org");
    Files.writeString(place.resolve("old.crt"), old.chain());
    Files.writeString(place.resolve("old.key"), old.key());
    stop();
    tls = Tls.of(place.toString(), TlsProfile.INTERMEDIATE, null, null);
    server = new TlsEcho(tls, 0);
    Files.delete(place.resolve("old.crt"));
    Files.delete(place.resolve("old.key"));
    TestCertificate made = TestCertificate.of("new.org");
    Files.writeString(place.resolve("new.crt"), made.chain());
    Files.writeString(place.resolve("new.key"), old.key());
    tls.reload();
    assertThat(tls.refused()).isEqualTo(1);
    assertThat(tls.certificates()).hasSize(1);
    assertThat(served("old.org")).isEqualTo(old.x509());
    Files.writeString(place.resolve("new.key"), made.key());
    tls.reload();
    assertThat(tls.refused()).isZero();
    assertThat(served("new.org")).isEqualTo(made.x509());
  }

  /** A copy may remove both files first, and what is copied is not there all at once. */
  @Test
  void whileHalfOfAPairIsAwayTheOldOneGoesOn() throws Exception {
    Path both = Files.createDirectory(directory.resolve("both"));
    for (String name : List.of("x.org", "y.org")) {
      TestCertificate made = TestCertificate.of(name);
      Files.writeString(both.resolve(name + ".crt"), made.chain());
      Files.writeString(both.resolve(name + ".key"), made.key());
    }
    stop();
    tls = Tls.of(both.toString(), TlsProfile.INTERMEDIATE, null, null);
    server = new TlsEcho(tls, 0);
    X509Certificate before = served("y.org");
    X509Certificate first = served("unknown.org");
    Path certificate = both.resolve("y.org.crt");
    Path key = both.resolve("y.org.key");
    Path keyOfFirst = both.resolve("x.org.key");
    String content = Files.readString(keyOfFirst);
    Files.delete(keyOfFirst);
    tls.reload();
    assertThat(served("unknown.org")).isEqualTo(first);
    Files.writeString(keyOfFirst, content);
    tls.reload();
    for (Path away : List.of(key, certificate)) {
      content = Files.readString(away);
      Files.delete(away);
      try (LogCapture log = LogCapture.of(Tls.class)) {
        tls.reload();
        assertThat(log.messages())
            .containsExactly(
                "Certificate refused, the current one stays: "
                    + certificate
                    + ": only one of certificate and key is there; copy both [bad-certificate]");
      }
      assertThat(served("y.org")).isEqualTo(before);
      Files.writeString(away, content);
      tls.reload();
      assertThat(tls.refused()).isZero();
    }
    Files.delete(key);
    Files.delete(certificate);
    tls.reload();
    assertThat(tls.refused()).isZero();
    assertThat(served("y.org")).isNotEqualTo(before);
  }

  @Test
  void whatIsWrongWithARenewedCertificateIsTold() throws Exception {
    new TestCertificate.Maker()
        .names("example.org")
        .to(Instant.now().minus(Duration.ofHours(1)))
        .make("example.org")
        .writeTo(directory.resolve("a"));
    try (LogCapture log = LogCapture.of(Tls.class)) {
      tls.reload();
      assertThat(log.messages()).anyMatch(line -> line.contains("the certificate expired on"));
    }
  }

  /** It has an RSA certificate for the wildcard, and an EC one for one of the names. */
  @Test
  void whoKnowsNoEcdsaGetsTheWildcardWithAnRsaKey() throws Exception {
    new TestCertificate.Maker()
        .rsa(2048)
        .names("*.example.net")
        .make("*.example.net")
        .writeTo(directory.resolve("a"));
    TestCertificate.of("m.example.net").writeTo(directory.resolve("b"));
    tls.reload();
    assertThat(served("m.example.net")).isEqualTo(inDirectory("b"));
    assertThat(served("o.example.net")).isEqualTo(inDirectory("a"));
    assertThat(toOldClient("m.example.net"))
        .contains(new String(inDirectory("a").getEncoded(), StandardCharsets.ISO_8859_1));
  }

  /** What a client is sent in plain that has TLS 1.2, RSA only and this name. */
  private String toOldClient(String name) throws Exception {
    String sent = // the version, a random number, no session, two ciphers, no compression
        "0303" + "5a".repeat(32) + "00" + "0004" + "c02fc030" + "0100";
    String host = HexFormat.of().formatHex(name.getBytes(StandardCharsets.US_ASCII));
    String extensions =
        "0000"
            + sized(2, sized(2, "00" + sized(2, host)))
            + "000a"
            + sized(2, sized(2, "001d0017"))
            + "000b"
            + sized(2, "0100")
            + "000d"
            + sized(2, sized(2, "08040401"));
    String hello = "160301" + sized(2, "01" + sized(3, sent + sized(2, extensions)));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(HexFormat.of().parseHex(hello));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static String sized(int bytes, String hex) {
    return String.format("%0" + 2 * bytes + "x", hex.length() / 2) + hex;
  }

  @Test
  void aStartNeedsAllOfThem() throws Exception {
    Files.writeString(directory.resolve("a/privkey.pem"), "");
    Files.delete(directory.resolve("b/fullchain.pem"));
    assertThatThrownBy(() -> serve(TlsProfile.INTERMEDIATE, null))
        .isInstanceOf(TlsFault.class)
        .hasMessageContaining("a/privkey.pem")
        .hasMessageContaining("b/fullchain.pem: there is no such file");
  }

  // ---- tickets

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aClientResumesAlsoAfterARestartAndARenewal(String version) throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(TlsContext.isNative());
    client = client(true);
    Path file = directory.resolve("tickets");
    serve(TlsProfile.INTERMEDIATE, file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(file).hasSize(144);
    assertThat(again(version)).isEqualTo(version + " full");
    assertThat(again(version)).isEqualTo(version + " resumed");
    TestCertificate.of("example.org").writeTo(directory.resolve("a"));
    tls.reload();
    assertThat(again(version)).isEqualTo(version + " resumed");
    serve(TlsProfile.INTERMEDIATE, file);
    assertThat(again(version)).isEqualTo(version + " resumed");
    Files.delete(file);
    serve(TlsProfile.INTERMEDIATE, file);
    assertThat(again(version)).isEqualTo(version + " full");
  }

  private String again(String version) throws Exception {
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.port());
    raw.setSoTimeout(TIMEOUT_MILLIS);
    try (SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket(raw, "127.0.0.1", server.port(), true)) {
      socket.setEnabledProtocols(new String[] {version});
      assertThat(echo(socket, "a")).isEqualTo("a"); // behind the tickets
    }
    return event();
  }

  /** Gateways may share a file through a link in the directory of each. */
  @Test
  void keysThatTurnStayWhereALinkLeads() throws Exception {
    Path shared = Files.createDirectory(directory.resolve("shared")).resolve("tickets");
    Path link = Files.createSymbolicLink(directory.resolve("tickets"), Path.of("shared/tickets"));
    TicketKeys keys = TicketKeys.of(link);
    byte[] before = Files.readAllBytes(shared);
    assertThat(keys.look(Instant.now().plus(Duration.ofHours(25)))).isTrue();
    assertThat(link).isSymbolicLink();
    assertThat(Files.readAllBytes(shared)).hasSize(144).isNotEqualTo(before);
  }

  @Test
  void aFileOfKeysThatOthersMayReadIsTold() throws Exception {
    Path file = Files.write(directory.resolve("tickets"), new byte[144]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (LogCapture log = LogCapture.of(Tls.class)) {
      serve(TlsProfile.INTERMEDIATE, file);
      assertThat(log.messages())
          .contains(
              file
                  + ": each user of this machine may read the key; take that away: chmod o= "
                  + file
                  + " [open-key]");
    }
  }

  @Test
  void keysTurnOnceADayAndTheOldOnesStillRead() throws Exception {
    Path file = directory.resolve("tickets");
    TicketKeys keys = TicketKeys.of(file);
    byte[] before = Files.readAllBytes(file);
    assertThat(keys.look(Instant.now())).isFalse();
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
    assertThat(keys.look(Instant.now())).isTrue();
    byte[] after = Files.readAllBytes(file);
    assertThat(Arrays.copyOfRange(after, 48, 144)).isEqualTo(Arrays.copyOf(before, 96));
    assertThat(Arrays.copyOf(after, 48)).isNotEqualTo(Arrays.copyOf(before, 48));
    assertThat(keys.look(Instant.now())).isFalse();
    // another gateway has turned them
    byte[] others = new byte[144];
    Files.write(file, others);
    assertThat(keys.look(Instant.now())).isTrue();
    assertThat(keys.keys()[0].name()).isEqualTo(new byte[16]);
    // a part of them is no file of keys
    Files.write(file, new byte[10]);
    assertThatThrownBy(() -> keys.look(Instant.now()))
        .isInstanceOf(TlsFault.class)
        .hasMessageContaining("the file has 10 bytes, not the 144");
    assertThatThrownBy(() -> TicketKeys.of(directory.resolve("none/tickets")))
        .hasMessageContaining("none/tickets: session tickets cannot be kept here");
  }

  @Test
  void whoHasToWaitForATurnIsServedToo() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    server.occupy(sent);
    List<SSLSocket> sockets = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      SSLSocket socket = connect("example.org");
      sockets.add(socket);
      threads.add(
          new Thread(
              () -> {
                try {
                  socket.startHandshake();
                } catch (IOException e) {
                  server.events.add(e.toString());
                }
              }));
    }
    threads.forEach(Thread::start);
    sent.countDown();
    for (Thread thread : threads) {
      thread.join(TIMEOUT_MILLIS);
    }
    for (SSLSocket socket : sockets) {
      assertThat(echo(socket, "abc")).isEqualTo("abc");
      assertThat(event()).startsWith("TLSv1.3 ");
      socket.close();
    }
  }

  @Test
  void keysOfAProcessGoOnInTheNextOne() throws Exception {
    TicketKeys keys = TicketKeys.ofProcess();
    TicketKeys next = TicketKeys.ofProcess(keys.bytes());
    assertThat(next.bytes()).isEqualTo(keys.bytes());
    assertThat(next.keys()[2].aesKey()).isEqualTo(keys.keys()[2].aesKey());
    Instant turn = Instant.now().plus(TicketKeys.TURN);
    assertThat(next.look(turn)).as("they are as old as they were").isTrue();
    assertThat(TicketKeys.ofProcess(null).bytes()).isNotEqualTo(keys.bytes());
    assertThat(TicketKeys.ofProcess(new byte[7]).bytes()).hasSameSizeAs(keys.bytes());
    assertThat(TicketKeys.of(directory.resolve("tickets")).bytes()).isNull();
  }
}
