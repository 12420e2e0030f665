// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import java.util.Locale;

/** Conditions of routes that look at one part of the request, as maps of nginx. */
final class ConditionMaps {
  /** What nginx does otherwise than {@link #argument}. */
  static final String ARGUMENT_LIMIT =
      "nginx decodes no query, so an argument with an escape in its name or value is not seen";

  private ConditionMaps() {}

  /** The language {@code query}: {@code since}, or {@code full_state=true}. */
  static RouteMap query(String expression, String variable, String then, String otherwise) {
    String[] words = expression.split("=", 2);
    return text("$arg_" + words[0], words, variable, then, otherwise);
  }

  /** The language {@code field}: {@code Name}, or {@code Name: value}. */
  static RouteMap field(String expression, String variable, String then, String otherwise) {
    String[] words = expression.split(":\\s*", 2);
    String source = "$http_" + words[0].toLowerCase(Locale.ROOT).replace('-', '_');
    return text(source, words, variable, then, otherwise);
  }

  /** Any text if there is one word, else the second word. */
  private static RouteMap text(
      String source, String[] words, String variable, String then, String otherwise) {
    RouteMap map = new RouteMap(source, variable);
    boolean isAny = words.length == 1;
    map.add(isAny ? "" : "~^" + quoted(words[1]) + "$", isAny ? otherwise : then);
    map.otherwise(isAny ? then : otherwise);
    return map;
  }

  /**
   * The language {@code argument}: {@code full_state=true}, or {@code from}.
   *
   * @param limit the comment on it
   */
  static RouteMap argument(
      String expression, String limit, String variable, String then, String otherwise) {
    String[] words = expression.split("=", 2);
    RouteMap map = new RouteMap("$args", variable);
    map.comment(limit);
    String value = words.length > 1 ? quoted(words[1]) : "[^&]+";
    map.add("~(?:^|&)" + quoted(words[0]) + "=" + value + "(?:&|$)", then);
    map.otherwise(otherwise);
    return map;
  }

  private static String quoted(String text) {
    return text.replaceAll("([^\\w-])", "\\\\$1");
  }
}
