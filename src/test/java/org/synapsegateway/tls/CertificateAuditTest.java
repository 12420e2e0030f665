package org.synapsegateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private void errs(TestCertificate.Maker maker, String text) throws Exception {
    assertThat(audit(maker.make("example.org")).errors())
        .singleElement()
        .asString()
        .startsWith(directory.resolve("fullchain.pem") + ": ")
        .contains(text);
  }

  private static void warns(CertificateAudit audit, String text) {
    assertThat(audit.errors()).isEmpty();
    assertThat(audit.warnings()).singleElement().asString().contains(text);
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
    errs(issued().to(now.minusSeconds(60)), "has expired on");
    errs(issued().from(now.plus(Duration.ofHours(2))), "is not valid before");
    errs(issued().rsa(1024), "an RSA key of 1024 bits is too weak");
    errs(issued().hash("SHA1"), "is signed with SHA1withECDSA");
  }

  @Test
  void whatKeepsSomeClientsAwayIsAWarning() throws Exception {
    TestCertificate good = issued().make("example.org");
    warns(audit(good, good.pem()), "the chain ends with CN=example.org, whose issuer CN=Middle");
    warns(
        audit(good, good.pem() + root.pem() + middle.pem()),
        "certificate 2 of the file is not the issuer of the one before it");
    warns(audit(TestCertificate.of("example.org")), "self-signed");
    warns(
        audit(new TestCertificate.Maker().issuedBy(middle).make("example.org")),
        "no subject alternative name");
    warns(
        audit(issued().to(Instant.now().plus(Duration.ofDays(13))).make("example.org")),
        "expires in 12 days");
  }

  @Test
  void aKeyThatOthersMayReadIsAWarning() throws Exception {
    audit(issued().make("example.org"));
    Path key = directory.resolve("privkey.pem");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    TestCertificate certificate = issued().make("example.org");
    Files.writeString(key, certificate.key());
    Files.writeString(directory.resolve("fullchain.pem"), certificate.chain() + root.pem());
    warns(CertificateAudit.of(directory.toString()), "each user of this machine may read the key");
  }

  @Test
  void aNameThatNoCertificateCoversIsAWarning() throws Exception {
    CertificateAudit audit = audit(issued().names("*.example.org").make("example.org"));
    audit.demand(Map.of("example.org", "a", "matrix.example.org", "b"));
    assertThat(audit.warnings()).isEmpty();
    audit.demand(Map.of("a.b.example.org", "well-known.json"));
    warns(
        audit, "well-known.json: clients are led to a.b.example.org, which no certificate covers");
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
    warns(CertificateAudit.of(directory.toString()), "other/fullchain.pem: never served");
  }

  @Test
  void filesThatCannotBeUsedAreErrors() {
    assertThat(CertificateAudit.of("").errors())
        .singleElement()
        .asString()
        .contains("gateway.tls.certificates is empty");
    assertThat(CertificateAudit.of(directory + " /nowhere").errors()).hasSize(2);
  }
}
