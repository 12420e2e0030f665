// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import java.util.Set;
import java.util.TreeSet;

/**
 * A line of a {@code request} expression as a pattern of nginx's for {@code "$request_method
 * $request_uri"}, which is the request as it came, with its query.
 */
final class LinePattern {
  private LinePattern() {}

  /**
   * The pattern, with its tilde.
   *
   * @param line as {@code GET|PUT ^/_matrix/client/[^/]+$}
   */
  static String of(String line) {
    int path = Math.max(line.indexOf(' ') + 1, 0);
    boolean namesMethods = !line.startsWith("^") && !line.startsWith("/");
    String methods = namesMethods ? methods(line.substring(0, path).strip()) : "[A-Z]+";
    String pattern = (namesMethods ? line.substring(path) : line).strip().replaceFirst("^\\^", "");
    return "~^" + methods + " " + path(pattern);
  }

  /** A GET without a body is a HEAD, as in the routes. */
  private static String methods(String names) {
    Set<String> methods = new TreeSet<>(Set.of(names.split("\\|", -1)));
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return methods.size() == 1 ? names : "(?:" + String.join("|", methods) + ")";
  }

  /** The path ends where the query begins. */
  private static String path(String pattern) {
    StringBuilder path = new StringBuilder();
    boolean isClass = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        path.append(c).append(pattern.charAt(++i));
      } else if (isClass) {
        path.append(c);
        isClass = c != ']';
      } else if (c == '[') {
        isClass = true;
        path.append(c);
        if (pattern.startsWith("^", i + 1)) {
          path.append("^?");
          i++;
        }
      } else if (c == '.') {
        path.append("[^?]");
      } else if (c == '$') {
        path.append("(?:\\?|$)");
      } else {
        path.append(c);
      }
    }
    return path.toString();
  }
}
