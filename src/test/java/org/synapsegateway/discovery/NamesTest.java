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

class NamesTest {
  private static final InetSocketAddress LOCAL =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);

  @TempDir Path directory;

  private static InetSocketAddress first(Path file) {
    return Names.ofSystem(file.toFile()).nameServerAddressStream("sync-0.sync.test.").next();
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
}
