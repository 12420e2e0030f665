// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds a host's name among names with stars, as nginx's wildcard hash does. */
final class HostNames {
  private HostNames() {}

  /**
   * The value of the name itself, else of the longest name that begins with a star, else of the
   * longest that ends with one; null if there is none.
   */
  static <V> @Nullable V find(String host, Map<String, V> names) {
    V exact = names.get(host);
    if (exact != null) {
      return exact;
    }
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      V found = dot == 0 ? null : names.get("*" + host.substring(dot));
      if (found != null) {
        return found;
      }
    }
    for (int dot = host.lastIndexOf('.'); dot > 0; dot = host.lastIndexOf('.', dot - 1)) {
      V found = names.get(host.substring(0, dot) + ".*");
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
