// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The gateway as it is shipped: the jar, with the routes and settings of the repository. */
final class GatewayJar extends ProxyProcess {
  private static final Path REPOSITORY = Path.of("").toAbsolutePath();

  GatewayJar() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx128m");
    command.add("-Dio.netty.leakDetection.level=paranoid");
    command.add("-Dgateway.listen=http://127.0.0.1:" + port() + " https://127.0.0.1:" + tlsPort());
    command.add("-Dgateway.tls.certificates=" + certificate());
    // it is one line more in each reply, and the cases have each line
    command.add("-Dgateway.hsts=0s");
    command.add("-Dgateway.workers.directory=" + workersDirectory());
    command.add("-Dmanagement.port=" + freePort());
    command.add("-jar");
    command.add(System.getProperty("tests.jar", "target/synapse-gateway.jar"));
    start(REPOSITORY, command);
  }

  @Override
  public String name() {
    return "Synapse Gateway";
  }

  @Override
  public boolean isExact() {
    return true;
  }

  /** Stops the gateway, and fails if Netty has reported a leak in it. */
  @Override
  public void close() {
    String log = readLog();
    super.close();
    int leak = log.indexOf("LEAK: ");
    if (leak >= 0) {
      throw new AssertionError(log.substring(leak, Math.min(log.length(), leak + 4000)));
    }
  }

  private String readLog() {
    try {
      return Files.exists(log()) ? Files.readString(log(), StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
