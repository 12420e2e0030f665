// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The Compose file starts the workers that the shipped routes send to. */
class ComposeFileTest {
  private static final Path COMPOSE = Path.of("config/compose.yaml");
  private static final Pattern SOCKET = Pattern.compile("inbound_\\w+\\.sock");

  private static Set<String> sockets(String text) {
    return new TreeSet<>(SOCKET.matcher(text).results().map(MatchResult::group).toList());
  }

  @Test
  void itsWorkersAreThoseOfTheRoutes() throws IOException {
    Set<String> routed = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("routes"))) {
      for (Path file : files.toList()) {
        routed.addAll(sockets(Files.readString(file).replaceAll("(?m)#.*$", "")));
      }
    }
    assertThat(sockets(Files.readString(COMPOSE))).isEqualTo(routed).hasSize(6);
  }

  /** A lock that a killed process has left is never stale in a container, where numbers are few. */
  @Test
  void eachProcessOfSynapseRemovesTheLocksOfItsOwnSockets() throws IOException {
    Map<?, ?> shared = (Map<?, ?>) compose().get("x-synapse");
    assertThat(shared.get("entrypoint").toString()).contains("*_\"$$HOSTNAME\".sock.lock");

    Map<?, ?> services = (Map<?, ?>) compose().get("services");
    Set<String> named = new TreeSet<>();
    services.forEach(
        (name, settings) -> {
          if (name.equals(((Map<?, ?>) settings).get("hostname"))) {
            named.add("inbound_" + name + ".sock");
          }
        });
    assertThat(named).isEqualTo(sockets(Files.readString(COMPOSE)));
  }

  @Test
  void theSocketsAreInMemory() throws IOException {
    Map<?, ?> volumes = (Map<?, ?>) compose().get("volumes");
    assertThat(volumes.get("sockets").toString()).contains("type=tmpfs");
  }

  private static Map<?, ?> compose() throws IOException {
    return (Map<?, ?>)
        new Load(LoadSettings.builder().build()).loadFromString(Files.readString(COMPOSE));
  }
}
