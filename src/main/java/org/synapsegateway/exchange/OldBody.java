// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.util.CaseInsensitiveMap;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

/**
 * Fields that describe a body that a step has replaced, and would be wrong for the new one (RFC
 * 9110 section 8, RFC 9530), as nginx drops them where a filter changes a body. One that the route
 * has set stays.
 */
public final class OldBody {
  private static final List<String> OF_BOTH =
      List.of("Content-Encoding", "Content-MD5", "Content-Digest", "Repr-Digest", "Digest");

  private static final List<String> OF_REPLIES =
      List.of("Accept-Ranges", "Content-Range", "ETag", "Last-Modified");

  private OldBody() {}

  /**
   * The head of a request without these fields.
   *
   * @param set what the route has set; null for nothing
   */
  public static RequestHead without(RequestHead head, @Nullable Map<String, Object> set)
      throws HttpException {
    RequestHead without = head;
    for (String name : OF_BOTH) {
      if (set == null || !set.containsKey(name)) {
        without = without.without(name.toLowerCase(Locale.ROOT));
      }
    }
    return without;
  }

  /**
   * What is changed in a reply's head so that it has none of these fields.
   *
   * @param set what the route has set; null for nothing
   */
  public static Map<String, Object> without(@Nullable Map<String, Object> set) {
    Map<String, Object> changed = new CaseInsensitiveMap();
    OF_BOTH.forEach(name -> changed.put(name, null));
    OF_REPLIES.forEach(name -> changed.put(name, null));
    if (set != null) {
      changed.putAll(set);
    }
    return changed;
  }
}
