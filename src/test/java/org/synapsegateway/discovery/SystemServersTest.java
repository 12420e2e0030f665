// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemServersTest {
  private static final InetSocketAddress LOCAL =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);

  @TempDir Path directory;

  private static InetSocketAddress first(Path file) {
    return new SystemServers(file).nameServerAddressStream("sync-0.sync.test.").next();
  }

  @Test
  void theServersAreThoseOfTheFile() throws IOException {
    Path file = directory.resolve("resolv.conf");
    Files.writeString(file, "search sync.test\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n");
    assertThat(first(file).getAddress().getHostAddress()).isEqualTo("192.0.2.1");
  }

  @Test
  void withoutAServerThisMachineIsAsked() throws IOException {
    Path file = directory.resolve("resolv.conf");
    Files.writeString(file, "search sync.test\n");
    assertThat(first(file)).isEqualTo(LOCAL);
    assertThat(first(directory.resolve("none"))).isEqualTo(LOCAL);
  }

  @Test
  void aFileThatChangesIsReadAgain() throws IOException {
    Path file = directory.resolve("resolv.conf");
    SystemServers servers = new SystemServers(file);
    assertThat(servers.nameServerAddressStream("a.").next()).isEqualTo(LOCAL);
    Files.writeString(file, "nameserver 192.0.2.1\n");
    assertThat(servers.nameServerAddressStream("a.").next().getAddress().getHostAddress())
        .isEqualTo("192.0.2.1");
    Files.writeString(file, "nameserver 192.0.2.22\n");
    assertThat(servers.nameServerAddressStream("a.").next().getAddress().getHostAddress())
        .isEqualTo("192.0.2.22");
    Files.delete(file);
    assertThat(servers.nameServerAddressStream("a.").next()).isEqualTo(LOCAL);
  }
}
