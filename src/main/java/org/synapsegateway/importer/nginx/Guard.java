// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What refuses or delays requests in a location. Immutable.
 *
 * @param isOfAdmin whether the location is for what the gateway shows to private clients only
 * @param names of its directives that do; none if everybody is let in
 */
public record Guard(Place place, boolean isOfAdmin, List<String> names) {
  private static final Set<String> DIRECTIVES =
      Set.of(
          "allow",
          "auth_basic",
          "auth_jwt",
          "auth_request",
          "deny",
          "js_access",
          "limit_conn",
          "limit_except",
          "limit_req");

  private static final Pattern LUA = Pattern.compile("(access|rewrite)_by_lua.*");

  static Guard of(Directive location) {
    Set<String> names = new LinkedHashSet<>();
    location.within().filter(Guard::guards).map(Directive::name).forEach(names::add);
    String path = location.toString();
    boolean isOfAdmin = path.matches(".*/_synapse/(admin|metrics).*") && !path.contains("_matrix");
    return new Guard(location.place(), isOfAdmin, List.copyOf(names));
  }

  private static boolean guards(Directive each) {
    return DIRECTIVES.contains(each.name()) && !each.argument(0).matches("all|off")
        || each.is("deny")
        || LUA.matcher(each.name()).matches()
        || each.is("if") && each.all("return").anyMatch(it -> it.argument(0).matches("[45]\\d\\d"));
  }
}
