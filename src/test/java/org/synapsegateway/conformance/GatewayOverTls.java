// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.synapsegateway.tls.TestCertificate;
import org.synapsegateway.wire.TlsRelay;

/** The gateway as it is shipped, whose clients speak TLS. */
final class GatewayOverTls implements ProxyUnderTest {
  private final Path certificate;
  private final GatewayJar gateway;
  private final TlsRelay relay;

  GatewayOverTls() throws IOException {
    certificate = Files.createTempDirectory("certificate");
    TestCertificate.of("localhost").writeTo(certificate);
    int port = ProxyProcess.freePort();
    gateway =
        new GatewayJar(
            "https://127.0.0.1:" + port,
            "-Dgateway.tls.certificates=" + certificate,
            // it is one line more in each reply, and the cases have each line
            "-Dgateway.hsts=0s");
    relay = new TlsRelay(port);
  }

  @Override
  public String name() {
    return gateway.name() + " over TLS";
  }

  @Override
  public int port() {
    return relay.port();
  }

  @Override
  public Path workersDirectory() {
    return gateway.workersDirectory();
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public void close() {
    try (gateway) {
      relay.close();
      Files.delete(certificate.resolve("fullchain.pem"));
      Files.delete(certificate.resolve("privkey.pem"));
      Files.delete(certificate);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
