// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import java.util.ArrayList;
import java.util.List;

/**
 * A map block, which stands for a choice or a part of one. Its value is the name of an upstream,
 * {@code forbidden}, or the variable of another map.
 *
 * <p>Confined to one thread.
 */
final class RouteMap {
  private final String source;
  private final String variable;
  private final List<String> lines = new ArrayList<>();

  /**
   * @param source the text that it looks at
   * @param variable the variable that it sets, with its dollar
   */
  RouteMap(String source, String variable) {
    this.source = source;
    this.variable = variable;
  }

  String variable() {
    return variable;
  }

  void add(String key, String value) {
    lines.add("    \"" + key + "\" " + value + ";");
  }

  void comment(String text) {
    lines.add("    # not as in the routes: " + text);
  }

  void otherwise(String value) {
    lines.add("    default " + value + ";");
  }

  void print(StringBuilder text) {
    text.append("  map ").append(source).append(' ').append(variable).append(" {\n");
    lines.forEach(line -> text.append(line).append('\n'));
    text.append("  }\n");
  }
}
