// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.BitSet;

/**
 * Reads what stands for one byte in a pattern: a character, an escape, a class in brackets.
 * Confined to one thread.
 */
final class ByteSets {
  private final PatternText text;
  private final boolean caseless;

  ByteSets(PatternText text, boolean caseless) {
    this.text = text;
    this.caseless = caseless;
  }

  /** All bytes but a line feed. */
  static BitSet any() {
    BitSet all = range(0, 255);
    all.clear('\n');
    return all;
  }

  /** The next character. */
  BitSet character() {
    int c = text.next() & 0xff;
    return fold(range(c, c));
  }

  /** The escape whose backslash has been read. */
  BitSet escape() {
    return fold(escaped());
  }

  private BitSet escaped() {
    char c = text.next();
    BitSet set = new BitSet(256);
    switch (Character.toLowerCase(c)) {
      case 'd' -> set.set('0', '9' + 1);
      case 'w' -> {
        set.set('0', '9' + 1);
        set.set('a', 'z' + 1);
        set.set('A', 'Z' + 1);
        set.set('_');
      }
      case 's' -> {
        set.set('\t', '\r' + 1);
        set.set(' ');
      }
      default -> {
        set.set(escapedByte(c));
        return set;
      }
    }
    if (c < 'a') {
      set.flip(0, 256);
    }
    return set;
  }

  private int escapedByte(char c) {
    return switch (c) {
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case 'e' -> 0x1b;
      case 'x' -> hexadecimal();
      default -> {
        if (c > 0xff || isWord(c) && c != '_') {
          throw text.bad("the escape \\" + c + " is not read");
        }
        yield c;
      }
    };
  }

  private int hexadecimal() {
    int digits = 0;
    while (digits < 2 && Character.digit(text.peek(digits), 16) >= 0) {
      digits++;
    }
    if (digits == 0) {
      throw text.bad("\\x without digits");
    }
    int start = text.position();
    text.skip(digits);
    return Integer.parseInt(text.between(start, start + digits), 16);
  }

  /** A class, from its bracket on. */
  BitSet characterClass() {
    int opened = text.position();
    text.skip(1);
    boolean negated = text.isAt('^');
    text.skip(negated ? 1 : 0);
    BitSet set = new BitSet(256);
    boolean first = true;
    while (!text.isAtEnd() && (first || text.peek() != ']')) {
      first = false;
      range(set);
    }
    if (text.isAtEnd()) {
      text.moveTo(opened);
      throw text.bad("\"[\" without \"]\"");
    }
    text.skip(1);
    BitSet folded = fold(set);
    if (negated) {
      folded.flip(0, 256);
    }
    return folded;
  }

  private void range(BitSet set) {
    BitSet from = member();
    boolean isRange =
        from.cardinality() == 1 && text.isAt('-') && text.peek(1) != 0 && text.peek(1) != ']';
    if (!isRange) {
      set.or(from);
      return;
    }
    text.skip(1);
    BitSet to = member();
    if (to.cardinality() != 1) {
      throw text.bad("a range without an end");
    }
    int first = from.nextSetBit(0);
    int last = to.nextSetBit(0);
    if (last < first) {
      throw text.bad("the range is the wrong way round");
    }
    set.set(first, last + 1);
  }

  private BitSet member() {
    if (text.isAt('[') && text.peek(1) != 0 && ":.=".indexOf(text.peek(1)) >= 0) {
      return posixClass();
    }
    char c = text.next();
    if (c != '\\') {
      return range(c & 0xff, c & 0xff);
    }
    if (text.isAtEnd()) {
      throw text.bad("nothing behind the backslash");
    }
    if (text.isAt('b')) {
      text.skip(1);
      return range('\b', '\b');
    }
    return escaped();
  }

  private BitSet posixClass() {
    int end = text.find(":]", 2);
    String name = end < 0 ? "" : text.between(text.position() + 2, end);
    String ranges =
        switch (name) {
          case "alpha" -> "AZaz";
          case "digit" -> "09";
          case "alnum" -> "AZaz09";
          case "upper" -> "AZ";
          case "lower" -> "az";
          case "xdigit" -> "09AFaf";
          case "punct" -> "!/:@[`{~";
          default -> throw text.bad("a class within a class is not read");
        };
    BitSet set = new BitSet(256);
    for (int i = 0; i < ranges.length(); i += 2) {
      set.set(ranges.charAt(i), ranges.charAt(i + 1) + 1);
    }
    text.moveTo(end + 2);
    return set;
  }

  private BitSet fold(BitSet set) {
    if (!caseless) {
      return set;
    }
    BitSet folded = (BitSet) set.clone();
    for (int c = 'a'; c <= 'z'; c++) {
      int upper = c - 'a' + 'A';
      if (set.get(c) || set.get(upper)) {
        folded.set(c);
        folded.set(upper);
      }
    }
    return folded;
  }

  private static BitSet range(int first, int last) {
    BitSet set = new BitSet(256);
    set.set(first, last + 1);
    return set;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isWord(char c) {
    return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
  }
}
