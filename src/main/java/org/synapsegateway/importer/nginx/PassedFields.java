// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields that a server block sets for Synapse in each of its locations, such as X-Request-Id. A
 * location with fields of its own inherits none, so the one for the gateway must have them too.
 */
final class PassedFields {
  /** What the gateway's location sets by itself; and it upgrades nothing. */
  private static final Set<String> OWN =
      Set.of("connection", "host", "upgrade", "x-forwarded-for", "x-forwarded-proto");

  /** What sets a variable: {@code set}, {@code auth_request_set}, {@code set_by_lua}. */
  private static final Pattern SET = Pattern.compile("(.*_)?set|set_by_lua.*");

  private static final Pattern CAPTURE = Pattern.compile("\\?P?<(\\w+)>");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)");

  private final Predicate<Directive> passesToSynapse;
  private final List<Set<String>> each = new ArrayList<>();
  private final Set<String> ofLocations = new LinkedHashSet<>();

  /**
   * @param passesToSynapse whether a directive is a {@code proxy_pass} to Synapse
   */
  PassedFields(Server server, Predicate<Directive> passesToSynapse) {
    this.passesToSynapse = passesToSynapse;
    Block http = server.block().parent();
    find(server.block().directive(), http == null ? List.of() : fields(http.directive()));
  }

  private static List<Directive> fields(Directive block) {
    return block.all("proxy_set_header").toList();
  }

  private void find(Directive block, List<Directive> inherited) {
    List<Directive> own = fields(block);
    List<Directive> fields = own.isEmpty() ? inherited : own;
    for (Directive inner : block.children()) {
      if (passesToSynapse.test(inner)) {
        Set<String> texts = new LinkedHashSet<>();
        fields.stream()
            .filter(field -> !OWN.contains(field.argument(0).toLowerCase(Locale.ROOT)))
            .map(field -> DirectiveText.of(field, 2))
            .forEach(texts::add);
        each.add(texts);
      } else if (inner.block() != null) {
        inner.children().stream()
            .filter(set -> SET.matcher(set.name()).matches())
            .map(set -> set.argument(0).replace("$", ""))
            .forEach(ofLocations::add);
        CAPTURE
            .matcher(inner.toString())
            .results()
            .map(it -> it.group(1))
            .forEach(ofLocations::add);
        find(inner, fields);
      }
    }
  }

  /** Whether a text has a variable that is only there in one of the locations. */
  private boolean isOfLocation(String text) {
    Matcher variables = VARIABLE.matcher(text);
    while (variables.find()) {
      String name = variables.group(1);
      if (name.matches("\\d") || ofLocations.contains(name)) {
        return true;
      }
    }
    return false;
  }

  /** Those that all locations for Synapse set alike, a directive a line. */
  @Override
  public String toString() {
    Set<String> common = each.isEmpty() ? Set.of() : new LinkedHashSet<>(each.get(0));
    each.forEach(common::retainAll);
    common.removeIf(this::isOfLocation);
    return String.join("", common);
  }
}
