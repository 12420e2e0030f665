// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What maps decide as choices of routes, also a map of what another map says. */
final class MapChoices {
  private static final int MAX_DEPTH = 5;

  private final Site site;
  private final Set<String> lost;
  private int depth;

  /**
   * @param lost is given what no choice says
   */
  MapChoices(Site site, Set<String> lost) {
    this.site = site;
    this.lost = lost;
  }

  private void lose(MapTable map) {
    lost.add(map.directive().place() + ": " + map.directive());
  }

  /**
   * The choices of a map.
   *
   * @param then what each value leads to
   */
  Choices.Step of(MapTable map, Function<@Nullable Template, Choices.Step> then) {
    String source = map.source().variable();
    MapTable inner = source == null ? null : site.maps().get(source);
    if (inner != null && depth < MAX_DEPTH) {
      depth++;
      Choices.Step made = of(inner, value -> looked(map, value, then));
      depth--;
      return made;
    }
    List<Choices.When> whens = new ArrayList<>();
    Choices.Step otherwise = then.apply(map.otherwise());
    if (source == null) {
      lose(map);
      return otherwise;
    }
    if (source.equals("request_uri") && !map.patterns().isEmpty()) {
      lost.add(map.directive().place() + ": what map $request_uri sees of the query");
    }
    for (String text : new TreeSet<>(map.texts()).descendingSet()) {
      Choices.Step to = then.apply(map.text(text));
      if (!text.isEmpty()) {
        when(source, text, to, map, whens);
      } else if (!Choices.PATHS.contains(source)
          && !source.equals("request_method")) { // never empty
        whenPresent(source, otherwise, map, whens);
        otherwise = to;
      }
    }
    for (MapTable.Line line : map.patterns()) {
      if (Choices.PATHS.contains(source) && !line.pattern().lines().isEmpty()) {
        whens.add(
            new Choices.When(
                "request", String.join("\n", line.pattern().lines()), then.apply(line.value())));
      } else {
        lost.add(map.directive().place() + ": " + line.pattern());
      }
    }
    return Choices.choice(whens, otherwise);
  }

  /** What a map makes of a value of another one. */
  private Choices.Step looked(
      MapTable map, @Nullable Template value, Function<@Nullable Template, Choices.Step> then) {
    String variable = value == null ? null : value.variable();
    MapTable inner = variable == null ? null : site.maps().get(variable);
    if (inner != null && depth < MAX_DEPTH) {
      depth++;
      Choices.Step made = of(inner, each -> looked(map, each, then));
      depth--;
      return made;
    }
    if (value != null && value.hasVariables()) {
      lose(map);
      return then.apply(map.otherwise());
    }
    return then.apply(map.find(value == null ? "" : value.expand(name -> "")));
  }

  /** Adds the condition that a variable has any text but the empty one. */
  private void whenPresent(
      String source, Choices.Step then, MapTable map, List<Choices.When> whens) {
    if (source.startsWith("arg_")) {
      whens.add(new Choices.When("query", argument(source), then));
    } else if (source.startsWith("http_")) {
      whens.add(new Choices.When("field", field(source), then));
    } else {
      lose(map);
    }
  }

  private static String argument(String source) {
    return source.substring("arg_".length());
  }

  private static String field(String source) {
    return source.substring("http_".length()).replace('_', '-');
  }

  /** Adds the condition that a variable has a text. */
  private void when(
      String source, String text, Choices.Step then, MapTable map, List<Choices.When> whens) {
    if (Choices.PATHS.contains(source)) {
      whens.add(new Choices.When("request", "^" + Choices.plain(text) + "$", then));
    } else if (source.equals("request_method")) {
      whens.add(new Choices.When("request", text.toUpperCase(Locale.ROOT) + " ^/", then));
    } else if (source.startsWith("arg_")) {
      whens.add(new Choices.When("query", argument(source) + "=" + text, then));
    } else if (source.startsWith("http_")) {
      whens.add(new Choices.When("field", field(source) + ": " + text, then));
    } else {
      lose(map);
    }
  }
}
