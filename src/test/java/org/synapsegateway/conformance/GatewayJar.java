package org.synapsegateway.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The gateway as it is shipped: the jar, with the routes and settings of the repository. */
final class GatewayJar extends ProxyProcess {
  private static final Path REPOSITORY = Path.of("").toAbsolutePath();

  GatewayJar() throws IOException {
    start(
        REPOSITORY,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-Dio.netty.leakDetection.level=paranoid",
            "-Dgateway.port=" + port(),
            "-Dgateway.workers.directory=" + workersDirectory(),
            "-Dmanagement.port=" + freePort(),
            "-jar",
            System.getProperty("tests.jar", "target/synapse-gateway.jar")));
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
