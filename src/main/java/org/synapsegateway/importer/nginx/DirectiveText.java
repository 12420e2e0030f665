// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Directives as the text of a configuration. */
final class DirectiveText {
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(authorization|cookie|key|password|secret|token).*");

  /** The directives that have a name first and a value last. */
  private static final Set<String> NAMED = Set.of("if", "set", "proxy_set_header", "add_header");

  private DirectiveText() {}

  static String of(Directive directive, int depth) {
    String indent = "    ".repeat(depth);
    if (directive.within().anyMatch(each -> each.name().endsWith("_by_lua_block"))) {
      return indent + "# " + directive + ": copy it from " + directive.place() + ", with its Lua\n";
    }
    if (isSecret(directive)) {
      String field = directive.argument(0);
      return indent + "# proxy_set_header " + field + ": copy its value, which is not told here\n";
    }
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

  /** The arguments; what is set, or compared with, under a name of a secret is "...". */
  static List<String> withoutSecrets(Directive directive) {
    List<String> arguments = directive.arguments();
    int last = arguments.size() - 1;
    if (last < 1
        || !NAMED.contains(directive.name())
        || !SECRET.matcher(arguments.get(0)).matches()) {
      return arguments;
    }
    String end = arguments.get(last).endsWith(")") ? ")" : "";
    String value = arguments.get(last).substring(0, arguments.get(last).length() - end.length());
    if (value.isEmpty() || value.startsWith("$")) {
      return arguments;
    }
    List<String> told = new ArrayList<>(arguments);
    told.set(last, "..." + end);
    return told;
  }

  /** Whether it is a field whose value stands in the file, and may be a secret. */
  private static boolean isSecret(Directive directive) {
    String value = directive.argument(1);
    return directive.is("proxy_set_header")
        && SECRET.matcher(directive.argument(0)).matches()
        && !value.isEmpty()
        && !value.contains("$");
  }

  /** In quotes only if it would be read otherwise without. */
  static String word(String word) {
    boolean plain = word.matches("[^\\s;{}\"'\\\\#]+|[(!].*[^\\s;{}\"'\\\\#]");
    return plain ? word : quoted(word);
  }

  static String quoted(String word) {
    return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
