// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Guesses which known name a misspelt one means. */
public final class Spelling {
  private static final int MIN_LENGTH = 3;

  private Spelling() {}

  /** The question to append to an error, or the empty text if no known name is near. */
  public static String hint(String written, Collection<String> known) {
    return hint(written, known, name -> name);
  }

  /**
   * @param shown how to write a known name in the question
   */
  static String hint(String written, Collection<String> known, UnaryOperator<String> shown) {
    return nearest(written, known)
        .map(name -> "; did you mean " + shown.apply(name) + "?")
        .orElse("");
  }

  /** The known name that is nearest, if it is so near that a slip explains the difference. */
  static Optional<String> nearest(String written, Collection<String> known) {
    int slips = written.length() < MIN_LENGTH ? 0 : Math.max(1, written.length() / 5);
    return known.stream()
        .filter(name -> distance(written, name) <= slips)
        .min(
            Comparator.comparingInt((String name) -> distance(written, name))
                .thenComparing(Comparator.naturalOrder()));
  }

  /**
   * How many letters must be added, left out, replaced or swapped with their neighbour to make one
   * word of the other (optimal string alignment); capitals count as small letters.
   */
  static int distance(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int[][] least = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        least[i][j] = i == 0 || j == 0 ? i + j : step(least, a, b, i, j);
      }
    }
    return least[a.length()][b.length()];
  }

  private static int step(int[][] least, String a, String b, int i, int j) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int replaced = least[i - 1][j - 1] + (same ? 0 : 1);
    int best = Math.min(replaced, Math.min(least[i - 1][j], least[i][j - 1]) + 1);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, least[i - 2][j - 2] + 1) : best;
  }
}
