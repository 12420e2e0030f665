// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.synapsegateway.tls.TestCertificate;

/**
 * A proxy that runs as a process of its own, in a directory of its own that is removed at the end.
 */
abstract class ProxyProcess implements ProxyUnderTest {
  private static final int START_SECONDS = 60;

  private final Path directory;
  private final int port;
  private final int tlsPort;
  private Process process;

  ProxyProcess() throws IOException {
    // short, because a UNIX socket's path has at most 107 bytes
    directory = Files.createTempDirectory(Path.of("/tmp"), "sgw");
    port = freePort();
    tlsPort = freePort();
  }

  /** The port that nobody listened on a moment ago. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The directory of this run. */
  final Path directory() {
    return directory;
  }

  @Override
  public final int port() {
    return port;
  }

  @Override
  public final int tlsPort() {
    return tlsPort;
  }

  /** Where a certificate for it is, in the files that certbot writes. */
  final Path certificate() throws IOException {
    Path certificate = directory.resolve("certificate");
    if (!Files.exists(certificate)) {
      TestCertificate.of("localhost").writeTo(certificate);
    }
    return certificate;
  }

  @Override
  public final Path workersDirectory() {
    return directory;
  }

  final Path log() {
    return directory.resolve("log");
  }

  /** Starts the process and waits until it accepts connections. */
  final void start(Path workingDirectory, List<String> command) throws IOException {
    process =
        new ProcessBuilder(command)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    try {
      while (!accepts()) {
        boolean ended = process.waitFor(20, TimeUnit.MILLISECONDS);
        if (ended || System.nanoTime() - deadline > 0) {
          String log = Files.readString(log(), StandardCharsets.ISO_8859_1);
          close();
          throw new IOException(name() + " does not start: " + command + "\n" + log);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new IOException("interrupted while " + name() + " starts", e);
    }
  }

  private boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A file of this run's directory with this text. */
  final Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
