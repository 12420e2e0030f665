// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateTest {
  private static TestCertificate ec;
  private static TestCertificate rsa;

  @TempDir Path directory;

  @BeforeAll
  static void make() {
    ec = TestCertificate.of("matrix.example.org", "*.example.org", "192.0.2.7", "2001:db8::1");
    rsa = new TestCertificate.Maker().rsa(2048).names("matrix.example.org").make("an RSA one");
  }

  private Path write(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static List<Certificate> read(String word) throws Exception {
    List<Certificate> all = new java.util.ArrayList<>();
    for (CertificateFiles files : CertificateFiles.of(word)) {
      all.add(Certificate.read(files));
    }
    return all;
  }

  @Test
  void theNamesAreThoseOfTheCertificate() throws Exception {
    ec.writeTo(directory);
    Certificate read = read(directory.toString()).get(0);
    assertThat(read.names())
        .containsExactly("matrix.example.org", "*.example.org", "192.0.2.7", "2001:db8::1");
    assertThat(read.covers("other.example.org")).isTrue();
    assertThat(read.covers("a.b.example.org")).isFalse();
    assertThat(read.covers("example.org")).isFalse();
    assertThat(read.toString()).contains("matrix.example.org (EC, until ").doesNotContain("KEY");
  }

  @Test
  void keysAreReadInAllThreeWays() throws Exception {
    for (TestCertificate each : List.of(ec, rsa)) {
      for (String key : List.of(each.key(), each.oldKey())) {
        Path joined = write("joined.pem", each.chain() + key);
        assertThat(read(joined.toString()).get(0).key()).isEqualTo(each.keys().getPrivate());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "live/a/fullchain.pem live/a/privkey.pem",
        ".lego/certificates/a.crt .lego/certificates/a.key",
        ".acme.sh/a_ecc/fullchain.cer .acme.sh/a_ecc/a.key",
        "caddy/certificates/acme-v02/a/a.crt caddy/certificates/acme-v02/a/a.key",
        "haproxy/a.pem haproxy/a.pem.key"
      })
  void eachLayoutIsFound(String layout) throws Exception {
    List<String> files =
        List.of(
            layout.substring(0, layout.indexOf(' ')), layout.substring(layout.indexOf(' ') + 1));
    Path chain = write(files.get(0), ec.chain());
    Path key = write(files.get(1), ec.key());
    // what lies beside them in these layouts
    write(files.get(0).replaceAll("[^/]*$", "README"), "x");
    if (layout.contains("lego")) {
      write(".lego/certificates/a.issuer.crt", rsa.chain());
    }
    if (layout.contains("acme.sh")) {
      write(".acme.sh/a_ecc/a.cer", rsa.chain());
      write(".acme.sh/a_ecc/ca.cer", rsa.chain());
    }
    Path top = directory.resolve(files.get(0).substring(0, files.get(0).indexOf('/')));
    assertThat(CertificateFiles.of(top.toString()))
        .containsExactly(new CertificateFiles(chain, key));
    assertThat(CertificateFiles.of(chain.getParent().toString())).hasSize(1);
    assertThat(CertificateFiles.of(chain + "," + key)).hasSize(1);
  }

  /** Kubernetes mounts a Secret as links through a hidden directory, which a change replaces. */
  @Test
  void aSecretOfKubernetesIsOneCertificate() throws Exception {
    Path hidden = write("..2026_11_29/tls.crt", ec.chain()).getParent();
    write("..2026_11_29/tls.key", ec.key());
    write("..2026_11_29/ca.crt", rsa.pem());
    Files.createSymbolicLink(directory.resolve("..data"), hidden.getFileName());
    for (String name : List.of("ca.crt", "tls.crt", "tls.key")) {
      Files.createSymbolicLink(directory.resolve(name), Path.of("..data", name));
    }
    assertThat(CertificateFiles.of(directory.toString()))
        .containsExactly(
            new CertificateFiles(directory.resolve("tls.crt"), directory.resolve("tls.key")));
  }

  /** HAProxy takes whatever is there, and the files of both keys of one name by their ends. */
  @Test
  void bundlesAndJoinedFilesOfHaproxyAreFound() throws Exception {
    write("a.pem.ecdsa", ec.chain() + ec.key());
    write("a.pem.rsa", rsa.key() + rsa.chain());
    write("b.crt", ec.chain() + ec.key());
    write("ca.crt", rsa.pem());
    assertThat(read(directory.toString()))
        .extracting(each -> directory.relativize(Path.of(each.file())) + " " + each.keyType())
        .containsExactly("a.pem.ecdsa EC", "a.pem.rsa RSA", "b.crt EC");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\n\n", " \n"})
  void theEndsOfLinesAndWhatStandsAroundDoNotMatter(String end) throws Exception {
    String parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    String text =
        "\u00ef\u00bb\u00bfBag Attributes\n" + parameters + ec.oldKey() + ec.chain() + "# end";
    Path file = directory.resolve("joined.pem");
    Files.writeString(file, text.replace("\n", end), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(read(file.toString()).get(0).key()).isEqualTo(ec.keys().getPrivate());
  }

  @Test
  void aChainThatIsCutInItsSecondCertificateIsNotServedAsAShortOne() throws Exception {
    String second = rsa.pem();
    for (int length : List.of(12, 40, second.length() - 20, second.length() - 3)) {
      write("fullchain.pem", ec.pem() + second.substring(0, length));
      write("privkey.pem", ec.key());
      fails("fullchain.pem: the last block of the file has no end");
    }
  }

  @Test
  void aChainThatBeginsWithTheIssuerIsTold() throws Exception {
    write("fullchain.pem", rsa.pem() + TestCertificate.of("x").pem() + ec.pem());
    write("privkey.pem", ec.key());
    fails("fullchain.pem: the key fits certificate 3 of the file; put that first");
  }

  @Test
  void joinedFilesOfADirectoryAreFoundInOrder() throws Exception {
    write("b.pem", ec.chain() + ec.key());
    write("a.pem", rsa.key() + rsa.chain());
    assertThat(read(directory.toString()))
        .extracting(Certificate::keyType)
        .containsExactly("RSA", "EC");
  }

  @Test
  void aFaultSaysWhichFileAndWhatToDo() throws Exception {
    Path chain = write("fullchain.pem", ec.chain());
    Path key = directory.resolve("privkey.pem");
    fails("privkey.pem: there is no such file");
    Files.createSymbolicLink(key, directory.resolve("gone"));
    fails("privkey.pem: the link leads to nothing");
    Files.delete(key);
    write("privkey.pem", rsa.key());
    fails("privkey.pem: the key does not fit the certificate");
    write("privkey.pem", TestCertificate.of("other").key());
    fails("privkey.pem: the key does not fit the certificate");
    write("privkey.pem", rsa.oldKey());
    fails("privkey.pem: the key does not fit the certificate");
    write("privkey.pem", ec.key().replace("PRIVATE", "ENCRYPTED PRIVATE"));
    fails("privkey.pem: the key is encrypted");
    write(
        "privkey.pem",
        ec.oldKey().replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n"));
    fails("privkey.pem: the key is encrypted");
    write("privkey.pem", "nothing");
    fails("privkey.pem: the file has no private key");
    write("privkey.pem", ec.key().replaceFirst("\nM", "\n!"));
    fails("privkey.pem: the block PRIVATE KEY is not base64");
    write("privkey.pem", ec.key());
    write("fullchain.pem", ec.key());
    fails("fullchain.pem: the file has no certificate");
    write("fullchain.pem", ec.chain().replaceFirst("\nM.{19}", "\n"));
    fails("fullchain.pem: a certificate of the file cannot be read");
    Files.delete(chain);
    Files.delete(key);
    fails("the directory has no certificate; it must have fullchain.pem");
    assertThatThrownBy(() -> read("/nowhere/a.pem")).hasMessageContaining("there is no such file");
  }

  private void fails(String text) {
    assertThatThrownBy(() -> read(directory.toString()))
        .isInstanceOf(TlsFault.class)
        .hasMessageStartingWith(directory.toString())
        .hasMessageContaining(text)
        .hasMessageNotContaining("BEGIN EC");
  }
}
