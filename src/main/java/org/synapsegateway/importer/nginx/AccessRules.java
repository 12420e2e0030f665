// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.net.InetAddress;
import java.util.List;
import org.synapsegateway.net.AddressSet;

/**
 * The {@code allow} and {@code deny} directives that count in a block: its own, or those of the
 * block around it that has some. Immutable.
 */
record AccessRules(List<Directive> rules) {
  static AccessRules of(Block here) {
    for (Block block = here; block != null; block = block.parent()) {
      List<Directive> rules =
          block.directive().children().stream()
              .filter(each -> each.is("allow") || each.is("deny"))
              .toList();
      if (!rules.isEmpty()) {
        return new AccessRules(rules);
      }
    }
    return new AccessRules(List.of());
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  /** Whether they let a client in: the first rule that names it decides. */
  boolean allow(String client) {
    return rules.stream()
        .filter(rule -> names(rule, client))
        .findFirst()
        .map(rule -> rule.is("allow"))
        .orElse(true);
  }

  private static boolean names(Directive rule, String client) {
    String who = rule.argument(0);
    if (who.equals("all")) {
      return true;
    }
    if (who.equals("unix:")) {
      return client.equals("unix:");
    }
    InetAddress address = AddressSet.numeric(client);
    try {
      return address != null && AddressSet.of(who).contains(address);
    } catch (IllegalArgumentException e) {
      throw new CannotTellException(rule, who + " is not understood");
    }
  }
}
