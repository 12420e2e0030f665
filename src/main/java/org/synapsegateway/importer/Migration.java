// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.List;
import java.util.Map;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.settings.Setting;

/**
 * What moves from the existing proxy to the gateway, and what stays there. Immutable.
 *
 * @param findings what an admin should know of it
 * @param settings that count at once
 * @param later settings for the day on which the proxy goes
 * @param routes files of routes that count instead of the shipped ones, by their names
 * @param staying the proxy's configuration with the gateway behind it; empty if it is not known
 */
record Migration(
    List<Finding> findings,
    Map<Setting, String> settings,
    Map<Setting, String> later,
    Map<String, String> routes,
    String staying) {
  static final Migration NONE = new Migration(List.of(), Map.of(), Map.of(), Map.of(), "");
}
