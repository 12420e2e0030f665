// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.ConfigurationException;

/**
 * A text with variables, such as {@code http://$upstream$request_uri}. Immutable.
 *
 * @param parts texts and variables in turn
 */
record Template(List<Part> parts) {
  /**
   * @param text a literal text, or the name of a variable in lower case
   */
  record Part(boolean isVariable, String text) {}

  /**
   * @throws ConfigurationException if a dollar is followed by no name
   */
  static Template of(Place place, String text) {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    for (int dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', from)) {
      if (dollar > from) {
        parts.add(new Part(false, text.substring(from, dollar)));
      }
      boolean braced = text.startsWith("{", dollar + 1);
      int start = dollar + (braced ? 2 : 1);
      int end = endOfName(text, start);
      boolean closed = !braced || text.startsWith("}", end);
      if (end == start || !closed) {
        throw place.bad("no name of a variable behind the $ of " + text);
      }
      parts.add(new Part(true, text.substring(start, end).toLowerCase(Locale.ROOT)));
      from = end + (braced ? 1 : 0);
    }
    if (from < text.length()) {
      parts.add(new Part(false, text.substring(from)));
    }
    return new Template(List.copyOf(parts));
  }

  private static int endOfName(String text, int start) {
    if (start < text.length() && text.charAt(start) >= '1' && text.charAt(start) <= '9') {
      return start + 1;
    }
    int end = start;
    while (end < text.length()) {
      char c = text.charAt(end);
      boolean word =
          c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
      if (!word) {
        break;
      }
      end++;
    }
    return end;
  }

  boolean hasVariables() {
    return parts.stream().anyMatch(Part::isVariable);
  }

  /** The variable that it is; null if it is something else. */
  @Nullable String variable() {
    return parts.size() == 1 && parts.get(0).isVariable ? parts.get(0).text : null;
  }

  Set<String> variables() {
    Set<String> names = new TreeSet<>();
    parts.stream().filter(Part::isVariable).forEach(part -> names.add(part.text));
    return names;
  }

  String expand(Function<String, String> variables) {
    if (parts.size() == 1 && !parts.get(0).isVariable) {
      return parts.get(0).text;
    }
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(part.isVariable ? variables.apply(part.text) : part.text);
    }
    return text.toString();
  }
}
