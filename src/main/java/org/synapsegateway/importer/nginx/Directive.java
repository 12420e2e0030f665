// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directive of a configuration. Immutable.
 *
 * @param arguments what stands behind the name, without quotes and escapes
 * @param block the directives between its braces; null if it ends with a semicolon
 */
public record Directive(
    Place place, String name, List<String> arguments, @Nullable List<Directive> block) {
  boolean is(String other) {
    return name.equals(other);
  }

  /** An argument, from 0; the empty text if there is none. */
  String argument(int index) {
    return index < arguments.size() ? arguments.get(index) : "";
  }

  /** The directives of its block; none if it has no block. */
  List<Directive> children() {
    return block == null ? List.of() : block;
  }

  /** The directives of its block that have a name. */
  Stream<Directive> all(String wanted) {
    return children().stream().filter(each -> each.is(wanted));
  }

  /** This directive and all within it. */
  Stream<Directive> within() {
    return Stream.concat(Stream.of(this), children().stream().flatMap(Directive::within));
  }

  /** For messages, so without a secret that the file compares with or sets. */
  @Override
  public String toString() {
    List<String> told = DirectiveText.withoutSecrets(this);
    return told.isEmpty() ? name : name + " " + String.join(" ", told);
  }
}
