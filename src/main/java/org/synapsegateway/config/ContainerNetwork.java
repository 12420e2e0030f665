// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Detects that a container hides the addresses of clients from a gateway at the edge: behind
 * Docker's userland proxy, all clients have the address of the container's gateway.
 */
final class ContainerNetwork {
  private final Path root;
  private final UnaryOperator<String> places;

  /**
   * @param root the root of the file system, which tests have elsewhere
   * @param places returns where a setting is given
   */
  ContainerNetwork(Path root, UnaryOperator<String> places) {
    this.root = root;
    this.places = places;
  }

  /** The warning if all clients would be private or trusted; empty otherwise. */
  Optional<Fault> warning(Settings settings) {
    if (!isContainer() || settings.listeners().stream().noneMatch(Listener::isOpenEdge)) {
      return Optional.empty();
    }
    return gateway()
        .flatMap(
            gateway ->
                List.of(Setting.PRIVATE_CLIENTS, Setting.TRUSTED_PROXIES).stream()
                    .filter(setting -> AddressSet.of(settings.text(setting)).contains(gateway))
                    .findFirst()
                    .map(setting -> fault(setting, gateway)));
  }

  private Fault fault(Setting setting, InetAddress gateway) {
    String key = setting.key();
    return new Fault(
        Code.HIDDEN_CLIENTS,
        places.apply(key),
        key,
        "%s contains %s, the gateway of this container: all clients of Docker's userland proxy have that address, so the admin API is open to the world, or X-Forwarded-For is believed from everybody; remove the address, or use the host's network (network_mode: host)"
            .formatted(key, gateway.getHostAddress()));
  }

  private boolean isContainer() {
    return Files.exists(root.resolve(".dockerenv"))
        || Files.exists(root.resolve("run/.containerenv"));
  }

  /** The gateway of the default route; /proc/net/route has addresses as numbers of the machine. */
  private Optional<InetAddress> gateway() {
    try {
      for (String line : Files.readAllLines(root.resolve("proc/net/route"))) {
        String[] columns = line.split("\\s+", -1);
        if (columns.length > 2 && columns[1].equals("00000000")) {
          int number = Integer.parseUnsignedInt(columns[2], 16);
          byte[] address = {
            (byte) number, (byte) (number >> 8), (byte) (number >> 16), (byte) (number >> 24)
          };
          return Optional.of(InetAddress.getByAddress(address));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // a machine of another kind, and no container of Docker's
    }
    return Optional.empty();
  }
}
