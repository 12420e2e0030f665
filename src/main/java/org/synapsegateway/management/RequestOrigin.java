// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes requests that web pages of other sites have sent: to a name of theirs that resolves to
 * this port (DNS rebinding), or from another origin.
 */
final class RequestOrigin {
  private RequestOrigin() {}

  /** The target without the authority that it may have; null if it or Host names another host. */
  static @Nullable String target(FullHttpRequest request, HostNames ours, InetAddress local) {
    String target = request.uri();
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    boolean named = hosts.size() == 1 && ours.has(hosts.get(0), local);
    boolean old = hosts.isEmpty() && request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    if (!named && !old) {
      return null;
    }
    if (!target.regionMatches(true, 0, "http://", 0, 7)) {
      return target;
    }
    int slash = target.indexOf('/', 7);
    String authority = slash < 0 ? target.substring(7) : target.substring(7, slash);
    return ours.has(authority, local) ? slash < 0 ? "/" : target.substring(slash) : null;
  }

  /**
   * Whether a web page of another site sends it: a browser names the site in {@code Sec-Fetch-Site}
   * and {@code Origin}. The status page may ask the port that it came from.
   */
  static boolean isOfAnotherSite(FullHttpRequest request) {
    String site = request.headers().get("Sec-Fetch-Site");
    if (site != null) {
      return !site.equalsIgnoreCase("same-origin") && !site.equalsIgnoreCase("none");
    }
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    return origin != null
        && !origin
            .replaceFirst("^https?://", "")
            .equalsIgnoreCase(request.headers().get(HttpHeaderNames.HOST));
  }
}
