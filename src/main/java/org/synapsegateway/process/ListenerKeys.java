// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import org.apache.camel.spi.PropertiesComponent;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/** The keys whose values depend on the listeners. */
final class ListenerKeys {
  private static final String LOOPBACK = "127.0.0.0/8 ::1";

  private ListenerKeys() {}

  /** Gives the keys their values, in the settings returned and for placeholders in routes. */
  static Settings settle(PropertiesComponent properties) {
    Settings settings = limitPrivateClients(properties, new Settings(properties::resolveProperty));
    // last, as the settings would read a host beside gateway.listen as a contradiction
    nameFirstListener(properties, settings);
    return settings;
  }

  /**
   * At an open edge a private address proves nothing, as a proxy of a container or a router may
   * forward for all clients; so only this machine is private, unless a setting says otherwise.
   */
  private static Settings limitPrivateClients(PropertiesComponent properties, Settings settings) {
    Setting clients = Setting.PRIVATE_CLIENTS;
    if (settings.listeners().stream().noneMatch(Listener::isOpenEdge)
        || !settings.text(clients).equals(clients.defaultValue())) {
      return settings;
    }
    properties.addOverrideProperty(clients.key(), LOOPBACK);
    return new Settings(properties::resolveProperty);
  }

  /** As the front route's URI must have it. */
  private static void nameFirstListener(PropertiesComponent properties, Settings settings) {
    Listener first = settings.listeners().get(0);
    boolean isTcp = first.kind() == Listener.Kind.TCP;
    String host = isTcp ? first.place() : settings.text(Setting.HOST);
    properties.addOverrideProperty(Setting.HOST.key(), Settings.inUrl(host));
    if (isTcp) {
      properties.addOverrideProperty(Setting.PORT.key(), Integer.toString(first.port()));
    }
  }
}
