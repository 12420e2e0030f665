// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The words of Synapse's own interface, which hold nothing personal: the literal segments of its
 * servlets' paths, and the names of the arguments that it reads.
 *
 * <p>src/e2e/vocabulary.py makes both lists from Synapse. Safe for any thread.
 */
final class Vocabulary {
  private static final String SHOWN = " shown";

  private static final Set<Slice> WORDS =
      lines("path-words.txt").stream().map(Slice::of).collect(Collectors.toUnmodifiableSet());

  private static final List<String> ARGUMENTS = lines("query-names.txt");

  private static final Set<Slice> NAMES =
      ARGUMENTS.stream()
          .map(line -> Slice.of(line.substring(0, line.indexOf(' '))))
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<Slice> HARMLESS =
      ARGUMENTS.stream()
          .filter(line -> line.endsWith(SHOWN))
          .map(line -> Slice.of(line.substring(0, line.length() - SHOWN.length())))
          .collect(Collectors.toUnmodifiableSet());

  private Vocabulary() {}

  private static List<String> lines(String resource) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Vocabulary.class.getResourceAsStream(resource), StandardCharsets.US_ASCII))) {
      return in.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether this is a literal segment of a path, or a value that an argument has by name. */
  static boolean isWord(Slice text) {
    return WORDS.contains(text);
  }

  /** Whether Synapse has an argument of this name. */
  static boolean isName(Slice name) {
    return NAMES.contains(name);
  }

  /** Whether the argument of this name holds no secret. */
  static boolean isHarmless(Slice name) {
    return HARMLESS.contains(name);
  }
}
