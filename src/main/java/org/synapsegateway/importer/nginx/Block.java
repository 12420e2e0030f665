// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A block that configures requests: {@code http}, {@code server}, {@code location}, {@code if} or
 * {@code limit_except}, with the locations in it. Immutable once the site is read.
 */
final class Block {
  /** How a location asks for a path. */
  enum Kind {
    /** No location. */
    NONE,
    EXACT,
    PREFIX,
    /** A prefix that keeps patterns from being tried. */
    FINAL_PREFIX,
    PATTERN,
    NAMED
  }

  private static final int MAX_NESTED = 100;
  private static final int MAX_SHOWN = 70;

  private final Directive directive;
  private final @Nullable Block parent;
  private final Kind kind;
  private final String name;
  private final @Nullable NginxRegex pattern;
  private final Map<String, Block> exact = new LinkedHashMap<>();
  private final Map<String, Block> prefixes = new LinkedHashMap<>();
  private final List<Block> patterns = new ArrayList<>();
  private final Map<Directive, Block> inner = new HashMap<>();

  Block(Directive directive, @Nullable Block parent) {
    this.directive = directive;
    this.parent = parent;
    String modifier = "";
    String given = "";
    if (directive.is("location")) {
      if (directive.arguments().size() == 2) {
        modifier = directive.argument(0);
        given = directive.argument(1);
      } else {
        given = directive.argument(0);
        modifier = modifier(given);
        given = given.substring(modifier.length());
      }
    }
    kind =
        !directive.is("location")
            ? Kind.NONE
            : switch (modifier) {
              case "=" -> Kind.EXACT;
              case "^~" -> Kind.FINAL_PREFIX;
              case "~", "~*" -> Kind.PATTERN;
              case "" -> given.startsWith("@") ? Kind.NAMED : Kind.PREFIX;
              default -> throw directive.place().bad("no such modifier of a location: " + modifier);
            };
    name = given;
    pattern =
        kind == Kind.PATTERN
            ? NginxRegex.of(directive.place(), given, modifier.equals("~*"))
            : null;
    addLocations();
    checkDepth();
  }

  private static String modifier(String name) {
    return name.startsWith("=")
        ? "="
        : name.startsWith("^~")
            ? "^~"
            : name.startsWith("~*") ? "~*" : name.startsWith("~") ? "~" : "";
  }

  private void addLocations() {
    if (directive.block() == null) {
      throw directive.place().bad(directive.name() + " has no block");
    }
    for (Directive each : directive.children()) {
      if (each.is("location")) {
        addLocation(new Block(each, this));
      } else if (each.is("if") || each.is("limit_except")) {
        inner.put(each, new Block(each, this));
      }
    }
  }

  private void addLocation(Block location) {
    Block same =
        switch (location.kind) {
          case EXACT -> exact.putIfAbsent(location.name, location);
          case PREFIX, FINAL_PREFIX -> prefixes.putIfAbsent(location.name, location);
          default -> null;
        };
    if (same != null) {
      throw location.place().bad("a second " + location.directive + ", as at " + same.place());
    }
    if (location.kind == Kind.PATTERN) {
      patterns.add(location);
    }
  }

  private void checkDepth() {
    int depth = 0;
    for (Block up = parent; up != null; up = up.parent) {
      depth++;
    }
    if (depth > MAX_NESTED) {
      throw place().bad("blocks are nested more than " + MAX_NESTED + " deep");
    }
  }

  Directive directive() {
    return directive;
  }

  Place place() {
    return directive.place();
  }

  @Nullable Block parent() {
    return parent;
  }

  Kind kind() {
    return kind;
  }

  /** The path, or the pattern's text, of a location. */
  String name() {
    return name;
  }

  /** The pattern of a location that has one. */
  NginxRegex pattern() {
    return Objects.requireNonNull(pattern, "no pattern of " + directive);
  }

  Map<String, Block> exact() {
    return exact;
  }

  Map<String, Block> prefixes() {
    return prefixes;
  }

  List<Block> patterns() {
    return patterns;
  }

  /** The block of an {@code if} or {@code limit_except} in it. */
  Block inner(Directive each) {
    return Objects.requireNonNull(inner.get(each), "no block of " + each);
  }

  /** Whether it is a part of the location around it, as {@code if} and {@code limit_except} are. */
  boolean isPart() {
    return directive.is("if") || directive.is("limit_except");
  }

  /** The location that it is, or a part of. */
  Block location() {
    return isPart() && parent != null ? parent.location() : this;
  }

  /** Whether the path without its last slash is redirected to it. */
  boolean redirectsToItself() {
    return name.endsWith("/")
        && directive.children().stream().anyMatch(each -> each.name().endsWith("_pass"));
  }

  /** Its own directive of a name; null if there is none. */
  @Nullable Directive own(String wanted) {
    return directive.all(wanted).findFirst().orElse(null);
  }

  /** The directive of a name that counts here, its own or one of the blocks around it; or null. */
  @Nullable Directive inherited(String wanted) {
    for (Block block = this; block != null; block = block.parent) {
      Directive own = block.own(wanted);
      if (own != null) {
        return own;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    String text = directive.toString();
    return (text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + ".." : text)
        + " ("
        + place()
        + ")";
  }
}
