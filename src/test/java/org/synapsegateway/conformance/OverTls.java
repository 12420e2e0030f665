// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.synapsegateway.wire.TlsRelay;

/** A proxy whose clients all speak TLS. */
final class OverTls implements ProxyUnderTest {
  private final ProxyUnderTest proxy;
  private final TlsRelay relay;

  OverTls(ProxyUnderTest proxy) throws IOException {
    this.proxy = proxy;
    this.relay = new TlsRelay(proxy.tlsPort());
  }

  @Override
  public String name() {
    return proxy.name();
  }

  @Override
  public int port() {
    return relay.port();
  }

  @Override
  public int tlsPort() {
    return proxy.tlsPort();
  }

  @Override
  public Path workersDirectory() {
    return proxy.workersDirectory();
  }

  @Override
  public boolean isExact() {
    return proxy.isExact();
  }

  @Override
  public void close() {
    try (proxy) {
      relay.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
