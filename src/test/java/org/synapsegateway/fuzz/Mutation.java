// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fuzz;

import java.util.List;
import java.util.Random;

/**
 * Changes to a text that was well chosen, byte by byte and token by token: most of what comes out
 * gets far into a parser before it is wrong.
 */
public final class Mutation {
  private static final int LONGEST = 64 * 1024;

  private final List<String> seeds;
  private final List<String> tokens;

  /**
   * @param seeds the texts to begin with
   * @param tokens what is put in beside single bytes
   */
  public Mutation(List<String> seeds, List<String> tokens) {
    this.seeds = List.copyOf(seeds);
    this.tokens = List.copyOf(tokens);
  }

  /** Some seeds, one behind the other, with some changes, or none. */
  public String make(Random random) {
    String text = pick(seeds, random);
    while (random.nextInt(3) == 0) {
      text += pick(seeds, random);
    }
    for (int changes = random.nextInt(6); changes > 0; changes--) {
      text = change(text, random);
    }
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }

  private String change(String text, Random random) {
    int at = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), at + length(random));
    String span = text.substring(at, to);
    return switch (random.nextInt(9)) {
      case 0 -> replace(text, at, at, String.valueOf((char) random.nextInt(256)));
      case 1 -> replace(text, at, Math.min(at + 1, text.length()), aByte(text, at, random));
      case 2 -> replace(text, at, to, "");
      case 3 -> replace(text, at, at, span);
      case 4 -> replace(text, at, at, span.repeat(1 + random.nextInt(300)));
      case 5 -> {
        int there = random.nextInt(text.length() + 1);
        yield replace(replace(text, at, to, ""), Math.min(there, text.length() - (to - at)), span);
      }
      case 6 -> {
        String other = pick(seeds, random);
        yield text.substring(0, at) + other.substring(random.nextInt(other.length() + 1));
      }
      case 7 -> replace(text, at, to, pick(tokens, random));
      default -> replace(text, at, pick(tokens, random));
    };
  }

  /** Mostly short. */
  private static int length(Random random) {
    return 1 + random.nextInt(1 << random.nextInt(7));
  }

  /** The byte there with one bit flipped, or in the other case. */
  private static String aByte(String text, int at, Random random) {
    if (at == text.length()) {
      return "";
    }
    return String.valueOf((char) (text.charAt(at) ^ 1 << random.nextInt(8)));
  }

  private static String replace(String text, int at, String with) {
    return replace(text, at, at, with);
  }

  private static String replace(String text, int from, int to, String with) {
    return text.substring(0, from) + with + text.substring(to);
  }

  private static String pick(List<String> texts, Random random) {
    return texts.isEmpty() ? "" : texts.get(random.nextInt(texts.size()));
  }

  /** A text of up to so many pieces, so that what matters to a parser comes up often. */
  public static String pieces(Random random, int most, String... pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }
}
