// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whom the URL of a proxy_pass names.
 *
 * @param scheme http or https
 * @param name of an upstream, or an address
 * @param path what stands behind it; empty if there is nothing
 */
record Authority(String scheme, String name, String path) {
  private static final Pattern URL =
      Pattern.compile("(?i)(https?)://(unix:[^:]+|\\[[^\\]]*\\](?::\\d+)?|[^/?#:]*(?::\\d+)?)(.*)");

  /** Null if it is no URL, or names nobody. */
  static @Nullable Authority of(String url) {
    Matcher parts = URL.matcher(url);
    return !parts.matches() || parts.group(2).isEmpty()
        ? null
        : new Authority(
            parts.group(1), parts.group(2), parts.group(3).replaceFirst("^:(?=/|$)", ""));
  }

  /** The upstream of that name, or the address with its port. */
  Target target(Site site) {
    Target upstream = site.upstreams().get(name.toLowerCase(Locale.ROOT));
    if (upstream != null) {
      return upstream;
    }
    boolean hasPort = name.startsWith("unix:") || name.matches(".*:\\d+");
    return Target.address(
        hasPort ? name : name + (scheme.equalsIgnoreCase("https") ? ":443" : ":80"));
  }
}
