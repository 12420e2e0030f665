// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.LogCapture;

class RsaSignerTest {
  private static final int TIMEOUT_MILLIS = 10_000;

  @TempDir Path directory;
  private Path processor;
  private Tls tls;
  private TlsEcho server;
  private LogCapture log;

  @BeforeEach
  void start() throws Exception {
    processor = Files.writeString(directory.resolve("cpuinfo"), "flags\t\t: fpu avx512ifma\n");
    log = LogCapture.of(RsaSigner.class);
  }

  @AfterEach
  void stop() {
    log.close();
    if (server != null) {
      server.close();
      tls.close();
      server = null;
      tls = null;
      awaitHeld(0); // in native memory
    }
  }

  /** Serves certificates of a directory each; libcrypto signs where this machine has it. */
  private void serve(TestCertificate... certificates) throws Exception {
    serveByBoringSsl(certificates);
    tls.signFaster(LibCrypto.NAME, processor);
    assumeTrue(log.messages().stream().anyMatch(line -> line.contains("by OpenSSL 3.")));
  }

  private void serveByBoringSsl(TestCertificate... certificates) throws Exception {
    List<String> words = new ArrayList<>();
    for (TestCertificate each : certificates) {
      words.add(each.writeTo(directory.resolve(String.valueOf(words.size()))).toString());
    }
    tls = Tls.of(String.join(" ", words), TlsProfile.INTERMEDIATE, null, null);
    server = new TlsEcho(tls, 0);
  }

  private static TestCertificate rsa(int bits, String name) {
    return new TestCertificate.Maker().rsa(bits).names(name).make(name);
  }

  /** Lets a client use nothing but one algorithm for signatures, {@code SHA256withRSA} or so. */
  private record Only(String algorithm, String hash) implements AlgorithmConstraints {
    @Override
    public boolean permits(Set<CryptoPrimitive> use, String name, AlgorithmParameters parameters) {
      if (!use.contains(CryptoPrimitive.SIGNATURE) || !name.matches(".*with.*|RSASSA-PSS")) {
        return true;
      }
      try {
        return name.equals(algorithm)
            && (hash.isEmpty()
                || parameters == null
                || parameters
                    .getParameterSpec(PSSParameterSpec.class)
                    .getDigestAlgorithm()
                    .equals(hash));
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> use, Key key) {
      return true;
    }

    @Override
    public boolean permits(
        Set<CryptoPrimitive> use, String name, Key key, AlgorithmParameters parameters) {
      return permits(use, name, parameters);
    }
  }

  /** Trusts all, without Java's own look at the algorithms of a chain. */
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** The certificate of a full handshake, behind which bytes have gone both ways. */
  private X509Certificate served(String version, String name, AlgorithmConstraints constraints)
      throws Exception {
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.port());
    raw.setSoTimeout(TIMEOUT_MILLIS);
    try (SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket(raw, name, server.port(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {version});
      parameters.setServerNames(List.of(new SNIHostName(name)));
      if (constraints != null) {
        parameters.setAlgorithmConstraints(constraints);
      }
      socket.setSSLParameters(parameters);
      socket.getOutputStream().write('a');
      assertThat(socket.getInputStream().read()).isEqualTo('a');
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.2, SHA256withRSA, ''",
    "TLSv1.2, SHA384withRSA, ''",
    "TLSv1.2, SHA512withRSA, ''",
    "TLSv1.2, RSASSA-PSS, SHA-256",
    "TLSv1.2, RSASSA-PSS, SHA-384",
    "TLSv1.2, RSASSA-PSS, SHA-512",
    "TLSv1.3, RSASSA-PSS, SHA-256",
    "TLSv1.3, RSASSA-PSS, SHA-384",
    "TLSv1.3, RSASSA-PSS, SHA-512",
  })
  void aClientGetsTheSignatureThatItWants(String version, String algorithm, String hash)
      throws Exception {
    TestCertificate certificate = rsa(2048, "example.org");
    serve(certificate);
    assertThat(served(version, "example.org", new Only(algorithm, hash)))
        .isEqualTo(certificate.x509());
    assertThat(server.events.take()).isEqualTo(version + " full");
    assertThat(log.messages()).as("no signature by Java").hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2", "TLSv1.3"})
  void anEcKeyStaysWithBoringSsl(String version) throws Exception {
    TestCertificate rsa = rsa(2048, "example.org");
    TestCertificate ec = TestCertificate.of("example.org");
    TestCertificate other = rsa(2048, "other.org");
    serve(rsa, ec, other);
    assertThat(served(version, "example.org", null)).isEqualTo(ec.x509());
    assertThat(served(version, "other.org", null)).isEqualTo(other.x509());
    assertThat(served(version, "example.org", new Only("RSASSA-PSS", "SHA-256")))
        .isEqualTo(rsa.x509());
    assertThat(log.messages()).hasSize(1);
  }

  @Test
  void keysOfReplacedCertificatesAreFreedAndNoHandshakeFails() throws Exception {
    List<TestCertificate> inTurn = List.of(rsa(2048, "example.org"), rsa(2048, "example.org"));
    serve(inTurn.get(1), TestCertificate.of("other.org"));
    ExecutorService clients = Executors.newFixedThreadPool(3);
    AtomicBoolean over = new AtomicBoolean();
    Callable<Integer> connects =
        () -> {
          int count = 0;
          while (!over.get() || count == 0) {
            served(count % 2 == 0 ? "TLSv1.2" : "TLSv1.3", "example.org", null);
            count++;
          }
          return count;
        };
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(clients.submit(connects));
      }
      for (int i = 0; i < 8; i++) {
        TestCertificate next = inTurn.get(i % 2);
        next.writeTo(directory.resolve("0"));
        tls.reload();
        assertThat(served("TLSv1.3", "example.org", null)).isEqualTo(next.x509());
      }
      over.set(true);
      for (Future<Integer> each : all) {
        assertThat(each.get()).isPositive();
      }
    } finally {
      over.set(true);
      clients.shutdown();
    }
    assertThat(log.messages()).hasSize(1);
    awaitHeld(1); // and none after the stop
  }

  private static void awaitHeld(int keys) {
    await()
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(RsaKey.held()).isEqualTo(keys);
            });
  }

  @Test
  void aCertificateThatStaysKeepsItsKey() throws Exception {
    serve(rsa(2048, "example.org"), TestCertificate.of("other.org"));
    awaitHeld(1);
    TestCertificate.of("other.org").writeTo(directory.resolve("1"));
    tls.reload();
    assertThat(RsaKey.held()).isEqualTo(1);
  }

  @Test
  void withoutTheLibraryBoringSslSigns() throws Exception {
    TestCertificate certificate = rsa(2048, "example.org");
    serveByBoringSsl(certificate);
    tls.signFaster("libcrypto.so.9", processor);
    assertThat(log.messages())
        .containsExactly(
            "RSA signatures by BoringSSL: libcrypto.so.9 does not load (Unable to load library"
                + " 'libcrypto.so.9': libcrypto.so.9: cannot open shared object file: No such"
                + " file or directory)");
    staysWithBoringSsl(certificate);
  }

  @Test
  void whereItIsNotFasterBoringSslSigns() throws Exception {
    TestCertificate certificate = rsa(2048, "example.org");
    serveByBoringSsl(certificate);
    Files.writeString(processor, "model\t: avx512ifma\nflags\t: fpu avx512f\n");
    tls.signFaster(LibCrypto.NAME, processor);
    assertThat(log.messages())
        .containsExactly(
            "RSA signatures by BoringSSL: the processor has no AVX-512 IFMA, or "
                + processor
                + " does not say so");
    staysWithBoringSsl(certificate);
  }

  private void staysWithBoringSsl(TestCertificate certificate) throws Exception {
    assertThat(served("TLSv1.3", "example.org", null)).isEqualTo(certificate.x509());
    TestCertificate next = rsa(2048, "example.org");
    next.writeTo(directory.resolve("0"));
    tls.reload();
    assertThat(served("TLSv1.2", "example.org", null)).isEqualTo(next.x509());
    tls.signFaster(LibCrypto.NAME, processor);
    assertThat(log.messages()).as("it is asked once").hasSize(1);
  }

  @Test
  void nothingIsLoadedBeforeThereIsAKeyForIt() throws Exception {
    serveByBoringSsl(TestCertificate.of("example.org"), rsa(3072, "other.org"));
    tls.signFaster("libcrypto.so.9", processor);
    assertThat(log.messages()).isEmpty();
    assertThat(served("TLSv1.3", "other.org", null)).isNotNull();
    rsa(2048, "example.org").writeTo(directory.resolve("0"));
    tls.reload();
    tls.signFaster("libcrypto.so.9", processor);
    assertThat(log.messages()).hasSize(1);
  }

  @Test
  void aKeyThatDoesNotSignIsRefused() throws Exception {
    TestCertificate rsa = rsa(2048, "example.org");
    serve(rsa);
    TestCertificate other = rsa(2048, "example.org");
    assertThat(RsaKey.of(other.keys().getPrivate(), rsa.keys().getPublic())).isNull();
    assertThat(RsaKey.of(TestCertificate.of("a").keys().getPrivate(), rsa.keys().getPublic()))
        .isNull();
    assertThat(LibCrypto.key(new byte[] {0x30, 1, 2})).isZero();
  }

  /** BoringSSL's, for TLS 1.2 and 1.3; Java's own clients have none of SHA-1. */
  @ParameterizedTest
  @ValueSource(ints = {0x0201, 0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806})
  void everyAlgorithmOfAnRsaKeyIsThere(int algorithm) throws Exception {
    TestCertificate rsa = rsa(2048, "example.org");
    serve(rsa);
    RsaKey.Scheme scheme = RsaKey.Scheme.of(algorithm);
    RsaKey key = RsaKey.of(rsa.keys().getPrivate(), rsa.keys().getPublic());
    byte[] signed = key.sign(scheme, new byte[9]);
    Signature proves = scheme.inJava();
    proves.initVerify(rsa.keys().getPublic());
    proves.update(new byte[9]);
    assertThat(proves.verify(signed)).isTrue();
  }

  @Test
  void whatLibcryptoDoesNotSignJavaSigns() throws Exception {
    TestCertificate rsa = rsa(2048, "example.org");
    serve(rsa);
    RsaKey broken =
        new RsaKey(LibCrypto.key(TestCertificate.of("a").keys().getPrivate().getEncoded()));
    RsaSigner.Pair pair = new RsaSigner.Pair(broken, rsa.keys().getPrivate());
    for (RsaKey.Scheme scheme : RsaKey.Scheme.values()) {
      byte[] signed = pair.sign(scheme, new byte[9]);
      Signature proves = scheme.inJava();
      proves.initVerify(rsa.keys().getPublic());
      proves.update(new byte[9]);
      assertThat(proves.verify(signed)).isTrue();
    }
    assertThat(log.messages())
        .filteredOn(line -> line.startsWith("libcrypto "))
        .containsExactly("libcrypto does not sign (PKCS1_SHA1), so Java does, which is slower");
    assertThatThrownBy(() -> RsaKey.Scheme.of(0x0403)).isInstanceOf(SignatureException.class);
  }
}
