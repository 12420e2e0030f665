package org.synapsegateway.identity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The path segments and the query names of Synapse's servlets, which are no secrets. Made by
 * src/e2e/known-names. Immutable.
 */
final class KnownNames {
  private static final String RESOURCE = "known-names.txt";

  private final Set<String> segments = new HashSet<>();
  private final Set<String> arguments = new HashSet<>();

  KnownNames() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                KnownNames.class.getResourceAsStream(RESOURCE), StandardCharsets.US_ASCII))) {
      lines.lines().forEach(this::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String line) {
    if (line.startsWith("path ")) {
      segments.add(line.substring("path ".length()));
    } else if (line.startsWith("query ")) {
      arguments.add(line.substring("query ".length()).toLowerCase(Locale.ROOT));
    }
  }

  /** Whether a servlet spells out this segment. */
  boolean hasSegment(String decoded) {
    return segments.contains(decoded);
  }

  /** Whether a servlet reads an argument of this name, in whatever case it is written. */
  boolean hasArgument(String decoded) {
    return arguments.contains(decoded.toLowerCase(Locale.ROOT));
  }
}
