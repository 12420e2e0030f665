// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * What one try of a property is made of: numbers and texts, drawn one after the other.
 *
 * <p>They are drawn at random, or are those of an earlier try again, in whole or in part; what is
 * missing is 0 or the empty text. So a try can be repeated, and made smaller, whatever the property
 * does with what it draws. A draw should therefore mean less the smaller it is.
 */
public final class Choices {
  private final Random random;
  private final List<Object> given;
  private final List<Object> drawn = new ArrayList<>();

  private Choices(Random random, List<Object> given) {
    this.random = random;
    this.given = given;
  }

  static Choices atRandom(long seed) {
    return new Choices(new Random(seed), List.of());
  }

  static Choices again(List<Object> given) {
    return new Choices(null, given);
  }

  /** A number from 0 up to, and without, a bound. */
  public int below(int bound) {
    int number =
        random != null ? random.nextInt(bound) : next() instanceof Integer i ? i % bound : 0;
    drawn.add(number);
    return number;
  }

  /** A number of a range, both ends included. */
  public int between(int least, int most) {
    return least + below(most - least + 1);
  }

  /** True once in so many times. */
  public boolean oneIn(int times) {
    return below(times) == times - 1;
  }

  /** One of these. */
  @SafeVarargs
  public final <T> T of(T... options) {
    return options[below(options.length)];
  }

  /** One of these. */
  public <T> T of(List<T> options) {
    return options.get(below(options.size()));
  }

  /** A text, one char a byte. A smaller one may be any part of it, and need not be like it. */
  public String text(Function<Random, String> maker) {
    String text = random != null ? maker.apply(random) : next() instanceof String s ? s : "";
    drawn.add(text);
    return text;
  }

  private Object next() {
    return drawn.size() < given.size() ? given.get(drawn.size()) : null;
  }

  List<Object> drawn() {
    return List.copyOf(drawn);
  }
}
