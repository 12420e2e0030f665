// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfSignedTest {
  @TempDir Path directory;

  @Test
  void itNamesWhatItIsForAndVouchesForItself() throws Exception {
    SelfSigned.of(List.of("localhost", "127.0.0.1", "::1")).writeTo(directory);

    byte[] pem = Files.readAllBytes(SelfSigned.certificate(directory));
    X509Certificate read =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem));
    read.verify(read.getPublicKey());
    read.checkValidity();
    assertThat(read.getSubjectX500Principal().getName()).isEqualTo("CN=localhost");
    assertThat(read.getSubjectAlternativeNames().stream().map(name -> name.get(1)))
        .asString()
        .isEqualTo("[localhost, 127.0.0.1, 0:0:0:0:0:0:0:1]");
  }

  @Test
  void nobodyElseReadsTheKeyWhichFits() throws Exception {
    SelfSigned.of(List.of("localhost")).writeTo(directory);

    Path key = directory.resolve("privkey.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(CertificateFiles.of(directory.toString()))
        .containsExactly(new CertificateFiles(SelfSigned.certificate(directory), key));
    Certificate.read(new CertificateFiles(SelfSigned.certificate(directory), key));
  }

  @Test
  void anotherKeyIsNotOverwrittenAndItIsDeleted() throws Exception {
    SelfSigned made = SelfSigned.of(List.of("localhost"));
    made.writeTo(directory);

    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> made.writeTo(directory));
    SelfSigned.delete(directory);
    assertThat(directory).isEmptyDirectory();
  }
}
