// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.config.TokenFile;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.management.Guard;
import org.synapsegateway.management.HostNames;
import org.synapsegateway.management.Management;
import org.synapsegateway.net.InheritedSockets;
import org.synapsegateway.net.ListenFailure;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/** Opens the management port that the settings ask for. */
final class ManagementPort {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementPort.class);

  private ManagementPort() {}

  /**
   * Listens on the port, and answers nothing yet.
   *
   * @param inherited the listening sockets of the previous process
   * @throws ConfigurationException if the port cannot be listened on
   */
  static Management open(Settings settings, InheritedSockets inherited) {
    String host = settings.text(Setting.MANAGEMENT_HOST);
    int port = settings.count(Setting.MANAGEMENT_PORT);
    try {
      return new Management(host, port, limits(settings, host), guard(settings), inherited);
    } catch (IOException e) {
      String address = host + ":" + port;
      throw ConfigurationException.of(
          Fault.of(
              Code.CANNOT_LISTEN,
              address,
              ListenFailure.describe(address, e, "management.host, management.port")),
          e);
    }
  }

  private static Management.Limits limits(Settings settings, String host) {
    return new Management.Limits(
        new HostNames(host + " " + settings.text(Setting.MANAGEMENT_HOSTS)),
        settings.count(Setting.MANAGEMENT_CONNECTIONS_MAX),
        Duration.ofMillis(settings.millis(Setting.MANAGEMENT_TIMEOUT)));
  }

  /** Without a token the gateway serves, and the management port admits no change. */
  private static Guard guard(Settings settings) {
    String name = settings.text(Setting.MANAGEMENT_TOKEN_FILE);
    if (name.isEmpty()) {
      return Guard.closed(Setting.MANAGEMENT_TOKEN_FILE.key() + " is empty");
    }
    Path file = Path.of(name).toAbsolutePath();
    try {
      String token = TokenFile.make(file, settings.text(Setting.MANAGEMENT_TOKEN_GROUP));
      return Guard.of(token, file.toRealPath() + " (" + Setting.MANAGEMENT_TOKEN_FILE.key() + ")");
    } catch (IOException e) {
      LOG.warn(
          "{}",
          Fault.of(
              Code.TOKEN_FILE,
              name,
              "nobody can drain workers or reload by the management port: " + e.getMessage()));
      return Guard.closed("there is no management token: " + e.getMessage());
    }
  }
}
