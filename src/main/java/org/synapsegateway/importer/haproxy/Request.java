// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that HAProxy is asked about.
 *
 * @param target path and query as the client writes them
 * @param fields by their names in lower case
 */
public record Request(String method, String target, Map<String, String> fields) {
  public Request {
    fields = Map.copyOf(fields);
  }

  String path() {
    return target.replaceFirst("\\?.*", "");
  }

  @Nullable String query() {
    int mark = target.indexOf('?');
    return mark < 0 ? null : target.substring(mark + 1);
  }

  /** The first argument of the query with this name, as it is written; null without. */
  @Nullable String argument(String name) {
    String query = query();
    if (query != null) {
      for (String each : query.split("&", -1)) {
        if (each.startsWith(name + "=")) {
          return each.substring(name.length() + 1);
        }
      }
    }
    return null;
  }

  @Nullable String field(String name) {
    return fields.get(name.toLowerCase(Locale.ROOT));
  }
}
