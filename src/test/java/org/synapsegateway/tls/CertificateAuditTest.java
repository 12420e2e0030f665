// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

class CertificateAuditTest {
  private static TestCertificate root;
  private static TestCertificate middle;

  @TempDir Path directory;

  @BeforeAll
  static void make() {
    root = new TestCertificate.Maker().authority().make("Root");
    middle = new TestCertificate.Maker().authority().issuedBy(root).make("Middle");
  }

  private static TestCertificate.Maker issued() {
    return new TestCertificate.Maker().issuedBy(middle).names("example.org");
  }

  private CertificateAudit audit(TestCertificate certificate, String chain) throws Exception {
    certificate.writeTo(directory);
    Files.writeString(directory.resolve("fullchain.pem"), chain);
    Files.setPosixFilePermissions(
        directory.resolve("privkey.pem"), PosixFilePermissions.fromString("rw-r-----"));
    return CertificateAudit.of(directory.toString());
  }

  private CertificateAudit audit(TestCertificate certificate) throws Exception {
    return audit(certificate, certificate.chain() + root.pem());
  }

  private void errs(TestCertificate.Maker maker, Code code) throws Exception {
    assertThat(audit(maker.make("example.org")).errors())
        .extracting(Fault::code, Fault::place)
        .containsExactly(tuple(code, directory.resolve("fullchain.pem").toString()));
  }

  private static void warns(CertificateAudit audit, Code code, String value) {
    assertThat(audit.errors()).isEmpty();
    assertThat(audit.warnings())
        .extracting(Fault::code, Fault::value)
        .containsExactly(tuple(code, value));
  }

  private void warns(CertificateAudit audit, Code code) {
    warns(audit, code, directory.resolve("fullchain.pem").toString());
  }

  @Test
  void nothingIsFoundWhereNothingIsWrong() throws Exception {
    CertificateAudit audit = audit(issued().make("example.org"));
    assertThat(audit.errors()).isEmpty();
    assertThat(audit.warnings()).isEmpty();
    assertThat(audit.certificates()).hasSize(1);
  }

  @Test
  void whatClientsRefuseIsAnError() throws Exception {
    Instant now = Instant.now();
    errs(issued().to(now.minusSeconds(60)), Code.CERTIFICATE_EXPIRED);
    errs(issued().from(now.plus(Duration.ofHours(2))), Code.CERTIFICATE_IN_FUTURE);
    errs(issued().rsa(1024), Code.WEAK_CERTIFICATE);
    errs(issued().hash("SHA1"), Code.WEAK_CERTIFICATE);
  }

  @Test
  void whatKeepsSomeClientsAwayIsAWarning() throws Exception {
    TestCertificate good = issued().make("example.org");
    warns(audit(good, good.pem()), Code.BAD_CHAIN);
    warns(audit(good, good.pem() + root.pem() + middle.pem()), Code.BAD_CHAIN);
    warns(audit(TestCertificate.of("example.org")), Code.SELF_SIGNED);
    warns(audit(new TestCertificate.Maker().issuedBy(middle).make("example.org")), Code.NO_NAMES);
    warns(
        audit(issued().to(Instant.now().plus(Duration.ofDays(13))).make("example.org")),
        Code.CERTIFICATE_EXPIRES);
  }

  @Test
  void aKeyThatOthersMayReadIsAWarning() throws Exception {
    audit(issued().make("example.org"));
    Path key = directory.resolve("privkey.pem");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    TestCertificate certificate = issued().make("example.org");
    Files.writeString(key, certificate.key());
    Files.writeString(directory.resolve("fullchain.pem"), certificate.chain() + root.pem());
    warns(CertificateAudit.of(directory.toString()), Code.OPEN_KEY, key.toString());
  }

  @Test
  void aNameThatNoCertificateCoversIsAWarning() throws Exception {
    CertificateAudit audit = audit(issued().names("*.example.org").make("example.org"));
    audit.demand(Map.of("example.org", "a", "matrix.example.org", "b"));
    assertThat(audit.warnings()).isEmpty();
    audit.demand(Map.of("a.b.example.org", "well-known.json"));
    warns(audit, Code.UNCOVERED_HOST, "a.b.example.org");
    assertThat(audit.warnings().get(0).place()).isEqualTo("well-known.json");
  }

  @Test
  void oneThatIsNeverServedIsAWarning() throws Exception {
    audit(issued().make("example.org"));
    Path other = directory.resolve("other");
    issued().make("example.org").writeTo(other);
    Files.setPosixFilePermissions(
        other.resolve("privkey.pem"), PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        other.resolve("fullchain.pem"),
        Files.readString(other.resolve("fullchain.pem")) + root.pem());
    warns(
        CertificateAudit.of(directory.toString()),
        Code.UNUSED_CERTIFICATE,
        other.resolve("fullchain.pem").toString());
  }

  @Test
  void filesThatCannotBeUsedAreErrors() {
    assertThat(CertificateAudit.of("").errors())
        .extracting(Fault::code, Fault::place)
        .containsExactly(tuple(Code.BAD_CERTIFICATE, "gateway.tls.certificates"));
    assertThat(CertificateAudit.of(directory + " /nowhere").errors()).hasSize(2);
  }
}
