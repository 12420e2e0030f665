// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code map} block: exact texts first, whatever their case, then names of hosts with a star,
 * then patterns in their order, then the default. Immutable.
 */
final class MapTable {
  /** A pattern and what it stands for. */
  record Line(NginxRegex pattern, Template value) {}

  private final Directive directive;
  private final Template source;
  private final Map<String, Template> texts = new HashMap<>();
  private final Set<String> written = new LinkedHashSet<>();
  private final List<Line> patterns = new ArrayList<>();
  private Template otherwise = new Template(List.of());
  private boolean hasHostnames;
  private boolean isVolatile;

  MapTable(Directive directive) {
    this.directive = directive;
    this.source = Template.of(directive.place(), directive.argument(0));
    for (Directive line : directive.children()) {
      if (line.is("hostnames") && line.arguments().isEmpty()) {
        hasHostnames = true;
      } else if (line.is("volatile") && line.arguments().isEmpty()) {
        isVolatile = true;
      }
    }
    directive.children().stream().filter(line -> line.arguments().size() == 1).forEach(this::add);
  }

  private void add(Directive line) {
    Template value = Template.of(line.place(), line.argument(0));
    String name = line.name();
    if (name.equals("default")) {
      otherwise = value;
    } else if (name.startsWith("~")) {
      boolean caseless = name.startsWith("~*");
      String pattern = name.substring(caseless ? 2 : 1);
      patterns.add(new Line(NginxRegex.of(line.place(), pattern, caseless), value));
    } else {
      String text = name.startsWith("\\") ? name.substring(1) : name;
      if (hasHostnames && text.startsWith(".")) {
        texts.put(text.substring(1).toLowerCase(Locale.ROOT), value);
        written.add(text.substring(1));
        text = "*" + text;
      }
      if (texts.putIfAbsent(text.toLowerCase(Locale.ROOT), value) != null) {
        throw line.place().bad("the map has \"" + text + "\" twice");
      }
      written.add(text);
    }
  }

  Directive directive() {
    return directive;
  }

  Template source() {
    return source;
  }

  /** Whether its value is found anew each time. */
  boolean isVolatile() {
    return isVolatile;
  }

  List<Line> patterns() {
    return patterns;
  }

  /** The texts that it knows, as they are written: they stand for those in any case. */
  Set<String> texts() {
    return written;
  }

  /** The value for one of its texts; null if it has none for this one. */
  @Nullable Template text(String given) {
    String text = given.toLowerCase(Locale.ROOT);
    if (!hasHostnames) {
      return texts.get(text);
    }
    if (text.endsWith(".")) {
      text = text.substring(0, text.length() - 1);
    }
    return HostNames.find(text, texts);
  }

  /** The value for a text. */
  Template find(String given) {
    Template found = text(given);
    return found != null
        ? found
        : patterns.stream()
            .filter(line -> line.pattern.find(given) != null)
            .findFirst()
            .map(Line::value)
            .orElse(otherwise);
  }

  Template otherwise() {
    return otherwise;
  }
}
