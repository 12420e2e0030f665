// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.Map;
import org.apache.camel.util.CaseInsensitiveMap;
import org.jspecify.annotations.Nullable;

/** What a route has changed in the headers of a message. */
final class Changes {
  private Changes() {}

  /**
   * Returns the headers that are new or have another value, and as null those that are gone; null
   * if nothing has changed. A header of Camel's that is gone is left out.
   */
  static @Nullable Map<String, Object> between(
      Map<String, Object> before, Map<String, Object> after) {
    CaseInsensitiveMap changes = new CaseInsensitiveMap();
    after.forEach(
        (name, value) -> {
          Object old = before.get(name);
          if (value != old && (value == null || !value.equals(old) || isOfReplies(name))) {
            changes.put(name, value);
          }
        });
    for (String name : before.keySet()) {
      if (!after.containsKey(name) && !HttpMessage.isOfCamel(name)) {
        changes.put(name, null);
      }
    }
    return changes.isEmpty() ? null : changes;
  }

  /**
   * Whether a field that is set belongs to a reply that the route makes, even if the request has
   * the same value.
   */
  private static boolean isOfReplies(String name) {
    return name.equalsIgnoreCase("Content-Type")
        || name.equalsIgnoreCase("Content-Encoding")
        || name.equalsIgnoreCase("Content-Language")
        || name.equalsIgnoreCase("Cache-Control");
  }
}
