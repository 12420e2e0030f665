// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.HashMap;
import java.util.Map;
import org.synapsegateway.importer.nginx.NginxRegex;

/** The regular expressions of a configuration and its map files, each read once. */
final class Patterns {
  private final Map<String, NginxRegex> read = new HashMap<>();

  /** Whether a pattern matches anywhere in a text, as HAProxy with PCRE does it. */
  boolean isIn(Line line, String pattern, boolean caseless, String text) {
    try {
      return read.computeIfAbsent(
              (caseless ? "i" : "=") + pattern, key -> NginxRegex.of(pattern, caseless))
          .isIn(text);
    } catch (IllegalArgumentException e) {
      throw new CannotTellException(line, "the pattern " + pattern + " is not understood");
    } catch (NginxRegex.TooLongException e) {
      throw new CannotTellException(line, "the pattern " + pattern + " takes too long");
    }
  }
}
