// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** Listeners behind what they are made for: HAProxy's PROXY protocol, and sockets of systemd. */
class ListenIT {
  private static final String REQUEST = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

  /** Opens a port and a UNIX socket as systemd does, and becomes the gateway. */
  private static final String SYSTEMD =
      """
      import fcntl, os, socket, sys
      path, blocking, kind = sys.argv[1], sys.argv[2] == "blocking", sys.argv[2]
      if kind == "datagrams":
          tcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
          tcp.bind(("127.0.0.1", 0))
      elif kind == "file":
          tcp = open("/dev/null")
      elif kind == "accepted":
          server = socket.create_server(("127.0.0.1", 0))
          tcp = socket.create_connection(server.getsockname())
      else:
          tcp = socket.create_server(("127.0.0.1", 0))
      unix = socket.socket(socket.AF_UNIX)
      unix.bind(path)
      unix.listen()
      print("port", 0 if kind == "file" else tcp.getsockname()[1], flush=True)
      high = [fcntl.fcntl(each.fileno(), fcntl.F_DUPFD, 20) for each in (tcp, unix)]
      for number, each in enumerate(high, 3):
          os.dup2(each, number)
          os.set_blocking(number, blocking)
      os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="web:local")
      os.execvp(sys.argv[3], sys.argv[3:])
      """;

  private Path directory;
  private ScriptedWorker main;

  @BeforeEach
  void start() throws Exception {
    directory = Files.createTempDirectory("gw");
    main = ScriptedWorker.at(directory.resolve("inbound_main.sock"), ScriptedWorker.saying("main"));
  }

  @AfterEach
  void stop() {
    main.close();
  }

  @ParameterizedTest
  @CsvSource({"send-proxy", "send-proxy-v2", "send-proxy-v2-ssl"})
  void theClientIsHaProxys(String how) throws Exception {
    assumeThat(Path.of("/usr/sbin/haproxy")).exists();
    try (TestGateway gateway =
        TestGateway.shipped(directory, "gateway.listen", "http://127.0.0.1:0?proxy-protocol")) {
      int port = freePort();
      String configuration =
          """
          defaults
            mode tcp
            timeout client 10s
            timeout server 10s
            timeout connect 5s
          listen front
            bind 127.0.0.1:%d
            server gateway 127.0.0.1:%d %s check inter 100ms
          """
              .formatted(port, gateway.port(), how);
      Path file = Files.writeString(directory.resolve("haproxy.cfg"), configuration);
      Process haproxy =
          new ProcessBuilder("/usr/sbin/haproxy", "-db", "-f", file.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("haproxy.log").toFile())
              .start();
      try (RawClient client = connected(haproxy, port)) {
        assertThat(client.exchange(REQUEST).content()).isEqualTo("main");
        assertThat(main.awaitRequest(0).value("X-Forwarded-For")).isEqualTo("127.0.0.3");
      } finally {
        haproxy.destroy();
        haproxy.waitFor();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  private static RawClient connected(Process haproxy, int port) throws Exception {
    while (haproxy.isAlive()) {
      try {
        return RawClient.connectFrom(AddressSet.numeric("127.0.0.3"), port);
      } catch (ConnectException e) {
        haproxy.waitFor(20, TimeUnit.MILLISECONDS); // it has not bound its port yet
      }
    }
    throw new AssertionError("HAProxy has ended");
  }

  @Test
  void socketsOfSystemdServe() throws Exception {
    Path socket = directory.resolve("activated.sock");
    Process process = activated("http", socket);
    try (BufferedReader output = process.inputReader()) {
      int port = Integer.parseInt(output.readLine().substring("port ".length()));
      await(output, "Listening on");
      try (RawClient client = RawClient.connect(port)) {
        assertThat(client.exchange(REQUEST).content()).isEqualTo("main");
      }
      assertThat(main.awaitRequest(0).value("X-Forwarded-For")).isEqualTo("127.0.0.1");
    } finally {
      process.destroy();
      process.waitFor();
    }
    assertThat(socket).as("it is systemd's").exists();
  }

  @Test
  void aSocketThatWouldBlockTheLoopsIsRefused() throws Exception {
    Process process = activated("blocking", directory.resolve("activated.sock"));
    try (BufferedReader output = process.inputReader()) {
      await(output, "NonBlocking=yes");
      assertThat(process.waitFor()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "datagrams, it takes no connections: write ListenStream= and Accept=no",
    "accepted, it takes no connections: write ListenStream= and Accept=no",
    "file, it is no socket"
  })
  void whatTakesNoConnectionsIsRefused(String how, String why) throws Exception {
    Process process = activated(how, directory.resolve("activated.sock"));
    try (BufferedReader output = process.inputReader()) {
      await(output, why);
      assertThat(process.waitFor()).isEqualTo(1);
    }
  }

  @Test
  void aSocketThatNoEntryNamesIsTold() throws Exception {
    Process process = activated("http", directory.resolve("activated.sock"), "fd:web");
    try (BufferedReader output = process.inputReader()) {
      await(output, "systemd has passed fd:local, which gateway.listen does not have");
      await(output, "Listening on");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  /** As the container image gives it. */
  @Test
  void aHostOfTheEnvironmentGoesWithAFirstEntryForAllAddresses() throws Exception {
    Process process = withHost("0.0.0.0", "http://[::]:0 http://127.0.0.1:0");
    try (BufferedReader output = process.inputReader()) {
      await(output, "Listening on");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  @Test
  void aHostOfTheEnvironmentThatSaysOtherwiseIsRefused() throws Exception {
    Process process = withHost("0.0.0.0", "http://127.0.0.1:0");
    try (BufferedReader output = process.inputReader()) {
      await(output, "[contradicting-settings]");
      assertThat(process.waitFor()).isEqualTo(1);
    }
  }

  private Process withHost(String host, String listen) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            "-Dgateway.listen=" + listen,
            "-Dmanagement.port=0",
            "-Dgateway.workers.directory=" + directory,
            Gateway.class.getName());
    builder.environment().put("GATEWAY_HOST", host);
    return builder.redirectErrorStream(true).start();
  }

  private Process activated(String how, Path socket) throws IOException {
    return activated(how, socket, "fd:web fd:local");
  }

  private Process activated(String how, Path socket, String listen) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("python3", "-c", SYSTEMD, socket.toString(), how));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-cp", System.getProperty("java.class.path")));
    command.addAll(
        List.of(
            "-Dgateway.listen=" + listen,
            "-Dmanagement.port=0",
            "-Dgateway.workers.directory=" + directory,
            Gateway.class.getName()));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static void await(BufferedReader output, String text) throws IOException {
    List<String> seen = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.contains(text)) {
        return;
      }
      seen.add(line);
    }
    throw new AssertionError("the process has ended: " + seen);
  }
}
