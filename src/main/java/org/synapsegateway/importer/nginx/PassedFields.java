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
import java.util.stream.Stream;

/**
 * The fields that a server block sets for Synapse in each of its locations, such as X-Request-Id. A
 * location with fields of its own inherits none, so the one for the gateway must have them too.
 */
final class PassedFields {
  /** What the gateway's location sets by itself; and it upgrades nothing. */
  private static final Set<String> OWN = Set.of("connection", "host", "upgrade");

  private static final Pattern FORWARDED_FOR =
      Pattern.compile("(?i)\\s*proxy_set_header x-forwarded-for \"?(.*?)\"?;\\s*");

  /** What it sets too, if that is the address and the scheme that nginx sees. */
  private static final Pattern CLIENT =
      Pattern.compile("(?i)\\s*proxy_set_header x-forwarded-(for|proto) .*\\s*");

  /** What sets a variable: {@code set}, {@code auth_request_set}, {@code set_by_lua}. */
  private static final Pattern SET = Pattern.compile("(.*_)?set|set_by_lua.*");

  private static final Pattern CAPTURE = Pattern.compile("\\?P?<(\\w+)>");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)");

  private final Predicate<Directive> passesToSynapse;
  private final boolean behind;
  private final List<Set<String>> each = new ArrayList<>();
  private final Set<String> ofLocations = new LinkedHashSet<>();

  /**
   * @param passesToSynapse whether a directive is a {@code proxy_pass} to Synapse
   */
  PassedFields(Server server, Predicate<Directive> passesToSynapse) {
    this.passesToSynapse = passesToSynapse;
    behind = isBehindAnother(server);
    Block http = server.block().parent();
    find(server.block().directive(), http == null ? List.of() : fields(http.directive()));
  }

  /**
   * Whether its clients may be those of a proxy before it, which encrypts, and which the real_ip
   * module does not name.
   */
  private static boolean isBehindAnother(Server server) {
    return server.listens().stream().noneMatch(server::isEncryptedAt)
        && server.block().inherited("set_real_ip_from") == null;
  }

  /** Whether the site's own lines tell who the client is, and not {@code $remote_addr}. */
  boolean nameClient() {
    return forwarded().anyMatch(value -> value.isEmpty() ? behind : !value.equals("$remote_addr"));
  }

  /** Whether the client is whoever somebody tells, and nothing says who may. */
  boolean relay() {
    return forwarded()
        .anyMatch(
            value ->
                value.startsWith("$http_")
                    || behind && (value.isEmpty() || value.startsWith("$proxy_add_")));
  }

  /** What each location for Synapse sends as X-Forwarded-For; empty if it sets none. */
  private Stream<String> forwarded() {
    return each.stream()
        .map(
            fields ->
                fields.stream()
                    .map(FORWARDED_FOR::matcher)
                    .filter(Matcher::matches)
                    .map(field -> field.group(1))
                    .findFirst()
                    .orElse(""));
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
    if (!nameClient()) {
      common.removeIf(field -> CLIENT.matcher(field).matches());
    }
    common.removeIf(this::isOfLocation);
    return String.join("", common);
  }
}
