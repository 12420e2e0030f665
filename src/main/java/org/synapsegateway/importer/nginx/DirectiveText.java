// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Directives as the text of a configuration. */
final class DirectiveText {
  private DirectiveText() {}

  static String of(Directive directive, int depth) {
    String indent = "    ".repeat(depth);
    String words =
        Stream.concat(Stream.of(directive.name()), directive.arguments().stream())
            .map(DirectiveText::word)
            .collect(Collectors.joining(" "));
    if (directive.block() == null) {
      return indent + words + ";\n";
    }
    StringBuilder text = new StringBuilder(indent + words + " {\n");
    directive.block().forEach(each -> text.append(of(each, depth + 1)));
    return text.append(indent).append("}\n").toString();
  }

  /** In quotes only if it would be read otherwise without. */
  static String word(String word) {
    boolean plain = word.matches("[^\\s;{}\"'\\\\#]+|[(!].*[^\\s;{}\"'\\\\#]");
    return plain ? word : '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
