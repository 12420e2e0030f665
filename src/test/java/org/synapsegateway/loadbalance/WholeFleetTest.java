// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.loadbalance.RouteTableTest.Row;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/**
 * The shipped routes with every worker that they suggest turned on, by uncommenting lines and
 * nothing else: each request of the table reaches a worker of its group.
 */
class WholeFleetTest {
  private static final Pattern SUGGESTED =
      Pattern.compile("(?m)^( +)# (- to: worker:.*/inbound_.*)$");
  private static final Pattern SOCKET = Pattern.compile("inbound_([a-z_]+)[0-9]*\\.sock");

  @TempDir Path directory;
  private final List<ScriptedWorker> workers = new ArrayList<>();

  @AfterEach
  void stopWorkers() {
    workers.forEach(ScriptedWorker::close);
  }

  @Test
  void servesEachRequestByItsGroup() throws Exception {
    Path routes = turnOn();

    try (TestGateway gateway =
            TestGateway.withRoutes(routes, "gateway.workers.directory", directory.toString());
        RawClient client = gateway.client()) {
      for (Row row : RouteTableTest.rows()) {
        RawMessage reply = client.exchange(row.text("X-Forwarded-For: 192.168.0.7\r\n"));

        boolean forbidden = row.group().equals("forbidden");
        assertThat(reply.status()).as(row.toString()).isEqualTo(forbidden ? 403 : 200);
        assertThat(reply.value("X-Group")).as(row.toString()).isEqualTo(servedBy(row));
      }
    }
  }

  private static String servedBy(Row row) {
    return switch (row.group()) {
      case "forbidden" -> null;
      case "rendezvous" -> "main";
      // Synapse itself, where there is no Matrix Authentication Service
      case "mas" ->
          row.target().matches(".*/login")
              ? "login"
              : row.target().contains("/sso/") ? "sso" : "main";
      case "key-queries" -> "device-lists";
      default -> row.group().replaceFirst("-reads$", "");
    };
  }

  /** Copies the routes, uncomments their workers and starts each that they name. */
  private Path turnOn() throws IOException {
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Set<String> sockets = new TreeSet<>();
    try (DirectoryStream<Path> shipped =
        Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
      for (Path file : shipped) {
        String yaml = SUGGESTED.matcher(Files.readString(file)).replaceAll("$1$2");
        Files.writeString(routes.resolve(file.getFileName()), yaml);
        SOCKET.matcher(yaml).results().forEach(socket -> sockets.add(socket.group()));
      }
    }
    for (String socket : sockets) {
      workers.add(ScriptedWorker.at(directory.resolve(socket), namingItsGroup(socket)));
    }
    return routes;
  }

  private static ScriptedWorker.Script namingItsGroup(String socket) {
    Matcher name = SOCKET.matcher(socket);
    assertThat(name.matches()).as(socket).isTrue();
    return ScriptedWorker.replying(
        "HTTP/1.1 200 OK\r\nX-Group: "
            + name.group(1).replace('_', '-')
            + "\r\nContent-Length: 0\r\n\r\n");
  }
}
