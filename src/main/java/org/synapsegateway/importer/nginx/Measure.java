// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sizes and times as nginx writes them: {@code 50m}, {@code 1h}. */
final class Measure {
  private static final long DEFAULT_BODY_MAX = 1 << 20;
  private static final long DEFAULT_READ_TIMEOUT = 60_000;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kKmMgG]?)");
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|[smhdwMy]?)");

  private Measure() {}

  /**
   * The largest body in bytes.
   *
   * @param directive client_max_body_size; null for nginx's default
   * @return -1 if it has another form
   */
  static long bodyMax(@Nullable Directive directive) {
    if (directive == null) {
      return DEFAULT_BODY_MAX;
    }
    Matcher value = SIZE.matcher(directive.argument(0));
    if (!value.matches()) {
      return -1;
    }
    int shift =
        switch (value.group(2).toLowerCase(Locale.ROOT)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    return Long.parseLong(value.group(1)) << shift;
  }

  /**
   * How long a reply may take, in milliseconds.
   *
   * @param directive proxy_read_timeout; null for nginx's default
   * @return -1 if it has another form
   */
  static long readTimeout(@Nullable Directive directive) {
    if (directive == null) {
      return DEFAULT_READ_TIMEOUT;
    }
    Matcher value = TIME.matcher(directive.argument(0));
    if (!value.matches()) {
      return -1;
    }
    long unit =
        switch (value.group(2)) {
          case "ms" -> 1L;
          case "m" -> 60_000L;
          case "h" -> 3_600_000L;
          case "d" -> 86_400_000L;
          case "w" -> 7 * 86_400_000L;
          case "M" -> 30 * 86_400_000L;
          case "y" -> 365 * 86_400_000L;
          default -> 1000L;
        };
    return Long.parseLong(value.group(1)) * unit;
  }
}
