// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import org.jspecify.annotations.Nullable;

/**
 * Finds the location of a request as ngx_http_core_find_location does: the longest prefix, then the
 * patterns in their order. Confined to one thread.
 */
final class LocationSearch {
  private enum Match {
    NONE,
    PREFIX,
    FINAL,
    REDIRECT
  }

  private final Variables variables;
  private Block found;
  private final Match match;

  /**
   * Searches the locations of a block with the path as it is now.
   *
   * @param variables take the captures of the pattern that matches
   */
  LocationSearch(Block block, Variables variables) {
    this.variables = variables;
    this.found = block;
    this.match = search(block);
  }

  /** The location; the block itself if none of its locations matches. */
  Block found() {
    return found;
  }

  /** Whether nginx redirects to the path with a slash at its end. */
  boolean isRedirect() {
    return match == Match.REDIRECT;
  }

  private Match search(Block block) {
    found = block;
    Match match = searchPrefixes(block);
    boolean triesPatterns = true;
    if (match == Match.PREFIX) {
      triesPatterns = found.kind() != Block.Kind.FINAL_PREFIX;
      match = search(found);
      if (match == Match.NONE) {
        match = Match.PREFIX;
      }
    }
    if (match == Match.FINAL || match == Match.REDIRECT || !triesPatterns) {
      return match;
    }
    for (Block location : block.patterns()) {
      variables.blame(location.directive());
      if (variables.matches(location.pattern(), variables.path())) {
        search(location);
        return Match.FINAL;
      }
    }
    return match;
  }

  /** As ngx_http_core_find_static_location. */
  private Match searchPrefixes(Block block) {
    String path = variables.path();
    Block exact = block.exact().get(path);
    if (exact != null) {
      found = exact;
      return Match.FINAL;
    }
    Block same = block.prefixes().get(path);
    Block slash = withSlash(block, path + "/");
    if (same == null && slash != null) {
      found = slash;
      return Match.REDIRECT;
    }
    Block longest = same;
    for (Block location : block.prefixes().values()) {
      boolean longer = longest == null || location.name().length() > longest.name().length();
      if (longer && path.startsWith(location.name())) {
        longest = location;
      }
    }
    if (longest == null) {
      return Match.NONE;
    }
    found = longest;
    return Match.PREFIX;
  }

  /** The location that the path without its last slash is redirected to. */
  private static @Nullable Block withSlash(Block block, String path) {
    Block exact = block.exact().get(path);
    Block prefix = block.prefixes().get(path);
    boolean redirects =
        exact != null && exact.redirectsToItself() || prefix != null && prefix.redirectsToItself();
    return !redirects ? null : exact != null ? exact : prefix;
  }
}
