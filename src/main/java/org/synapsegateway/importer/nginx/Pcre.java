// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The syntax tree of a regular expression as PCRE reads it, one char a byte.
 *
 * <p>It knows what sites write; what it does not know is refused with words. From it come the
 * expression that Java runs and, for a pattern that is regular in the strict sense, request lines.
 */
final class Pcre {
  private static final int MAX_NESTED = 50;
  private static final int MAX_COUNT = 1000;

  /** A part of a pattern. */
  sealed interface Part {}

  /** One byte of a set. */
  record OneOf(BitSet bytes) implements Part {}

  /** One part behind the other. */
  record Sequence(List<Part> parts) implements Part {}

  /** One of several. */
  record Choice(List<Part> branches) implements Part {}

  /**
   * A group.
   *
   * @param opening how Java writes it
   * @param regular whether it is regular in the strict sense
   */
  record Group(String opening, Part part, boolean regular) implements Part {}

  /**
   * A repeat.
   *
   * @param most -1 for any number
   * @param manner {@code ?} if it is lazy, {@code +} if it is possessive
   */
  record Repeat(Part part, int least, int most, String manner) implements Part {}

  /** The beginning of the text. */
  record Start() implements Part {}

  /** The end of the text. */
  record End() implements Part {}

  /** What is not regular, as Java writes it: a word's edge, a back reference. */
  record Other(String java) implements Part {}

  private final String text;
  private boolean caseless;
  private int at;
  private int nested;
  private int groups;
  private final Map<String, Integer> names = new LinkedHashMap<>();

  Pcre(String text, boolean caseless) {
    this.text = text;
    this.caseless = caseless;
  }

  /** The numbers of the groups that have names. */
  Map<String, Integer> names() {
    return names;
  }

  boolean isCaseless() {
    return caseless;
  }

  /**
   * @throws IllegalArgumentException if it cannot be read
   */
  Part parse() {
    if (text.startsWith("(?i)")) {
      caseless = true;
      at = 4;
    }
    Part part = choice();
    if (at < text.length()) {
      throw bad("\")\" without \"(\"");
    }
    return part;
  }

  private Part choice() {
    List<Part> branches = new ArrayList<>();
    branches.add(sequence());
    while (at < text.length() && text.charAt(at) == '|') {
      at++;
      branches.add(sequence());
    }
    return branches.size() == 1 ? branches.get(0) : new Choice(branches);
  }

  private Part sequence() {
    List<Part> parts = new ArrayList<>();
    while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
      parts.add(repeated(atom()));
    }
    return parts.size() == 1 ? parts.get(0) : new Sequence(parts);
  }

  private Part repeated(Part part) {
    if (at == text.length()) {
      return part;
    }
    int least;
    int most;
    switch (text.charAt(at)) {
      case '*' -> {
        least = 0;
        most = -1;
      }
      case '+' -> {
        least = 1;
        most = -1;
      }
      case '?' -> {
        least = 0;
        most = 1;
      }
      case '{' -> {
        int close = counted();
        if (close < 0) {
          return part;
        }
        String[] counts = text.substring(at + 1, close).split(",", -1);
        least = count(counts[0]);
        most = counts.length == 1 ? least : counts[1].isEmpty() ? -1 : count(counts[1]);
        at = close;
      }
      default -> {
        return part;
      }
    }
    at++;
    String manner = "";
    if (at < text.length() && (text.charAt(at) == '?' || text.charAt(at) == '+')) {
      manner = text.substring(at, at + 1);
      at++;
    }
    if (part instanceof Start || part instanceof End || part instanceof Other) {
      throw bad("a repeat of what is no character");
    }
    return repeated(new Repeat(part, least, most, manner));
  }

  /** Where the counts that begin here end; -1 if the brace stands for itself. */
  private int counted() {
    int i = at + 1;
    int digits = i;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    if (i == digits) {
      return -1;
    }
    if (i < text.length() && text.charAt(i) == ',') {
      i++;
      while (i < text.length() && isDigit(text.charAt(i))) {
        i++;
      }
    }
    return i < text.length() && text.charAt(i) == '}' ? i : -1;
  }

  private int count(String digits) {
    int count = digits.length() > 4 ? MAX_COUNT + 1 : Integer.parseInt(digits);
    if (count > MAX_COUNT) {
      throw bad("a repeat of more than " + MAX_COUNT);
    }
    return count;
  }

  private Part atom() {
    char c = text.charAt(at);
    switch (c) {
      case '(' -> {
        return group();
      }
      case '[' -> {
        return characterClass();
      }
      case '\\' -> {
        return escape();
      }
      case '^' -> {
        at++;
        return new Start();
      }
      case '$' -> {
        at++;
        return new End();
      }
      case '.' -> {
        at++;
        BitSet all = range(0, 255);
        all.clear('\n');
        return new OneOf(all);
      }
      case '*', '+', '?' -> throw bad("nothing to repeat");
      default -> {
        at++;
        return literal(c);
      }
    }
  }

  private Part group() {
    if (++nested > MAX_NESTED) {
      throw bad("groups are nested more than " + MAX_NESTED + " deep");
    }
    int opened = at;
    at++;
    String opening = "(";
    boolean regular = true;
    if (text.startsWith("?", at)) {
      String rest = text.substring(at, Math.min(text.length(), at + 40));
      if (rest.startsWith("?:")) {
        opening = "(?:";
        at += 2;
      } else if (rest.startsWith("?=")
          || rest.startsWith("?!")
          || rest.startsWith("?>")
          || rest.startsWith("?<=")
          || rest.startsWith("?<!")) {
        opening = "(" + (rest.startsWith("?<") ? rest.substring(0, 3) : rest.substring(0, 2));
        at += opening.length() - 1;
        regular = false;
      } else {
        name(rest);
      }
    } else if (text.startsWith("*", at)) {
      throw bad("verbs such as (*UTF8) are not read");
    }
    if (opening.equals("(")) {
      groups++;
    }
    Part part = choice();
    if (at == text.length()) {
      at = opened;
      throw bad("\"(\" without \")\"");
    }
    at++;
    nested--;
    return new Group(opening, part, regular);
  }

  private void name(String rest) {
    int start = rest.startsWith("?P<") ? 3 : rest.startsWith("?<") || rest.startsWith("?'") ? 2 : 0;
    int end = start;
    while (end < rest.length() && isWord(rest.charAt(end))) {
      end++;
    }
    char close = start > 0 && rest.charAt(start - 1) == '\'' ? '\'' : '>';
    if (start == 0 || end == start || end == rest.length() || rest.charAt(end) != close) {
      throw bad("a group that begins with (" + rest.substring(0, Math.min(3, rest.length())));
    }
    if (names.putIfAbsent(rest.substring(start, end), groups + 1) != null) {
      throw bad("two groups with one name");
    }
    at += end + 1;
  }

  private Part escape() {
    at++;
    if (at == text.length()) {
      throw bad("nothing behind the backslash");
    }
    char c = text.charAt(at);
    switch (c) {
      case 'A' -> {
        at++;
        return new Start();
      }
      case 'Z', 'z' -> {
        at++;
        return new End();
      }
      case 'b', 'B' -> {
        at++;
        return new Other("\\" + c);
      }
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        if (at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
          throw bad("a number of two digits behind a backslash");
        }
        at++;
        return new Other("\\" + c);
      }
      default -> {
        BitSet set = escapedSet();
        return new OneOf(fold(set));
      }
    }
  }

  /** The bytes that the escape whose backslash has been read stands for. */
  private BitSet escapedSet() {
    char c = text.charAt(at++);
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
    switch (c) {
      case 't' -> {
        return '\t';
      }
      case 'n' -> {
        return '\n';
      }
      case 'r' -> {
        return '\r';
      }
      case 'f' -> {
        return '\f';
      }
      case 'e' -> {
        return 0x1b;
      }
      case 'x' -> {
        int end = at;
        while (end < text.length() && end < at + 2 && Character.digit(text.charAt(end), 16) >= 0) {
          end++;
        }
        if (end == at) {
          throw bad("\\x without digits");
        }
        int value = Integer.parseInt(text.substring(at, end), 16);
        at = end;
        return value;
      }
      default -> {
        if (c > 0xff || isWord(c) && c != '_') {
          throw bad("the escape \\" + c + " is not read");
        }
        return c;
      }
    }
  }

  private Part characterClass() {
    int opened = at;
    at++;
    boolean negated = text.startsWith("^", at);
    at += negated ? 1 : 0;
    BitSet set = new BitSet(256);
    boolean first = true;
    while (at < text.length() && (first || text.charAt(at) != ']')) {
      first = false;
      range(set);
    }
    if (at == text.length()) {
      at = opened;
      throw bad("\"[\" without \"]\"");
    }
    at++;
    BitSet folded = fold(set);
    if (negated) {
      folded.flip(0, 256);
    }
    return new OneOf(folded);
  }

  private void range(BitSet set) {
    BitSet from = classMember();
    boolean isRange =
        from.cardinality() == 1
            && at + 1 < text.length()
            && text.charAt(at) == '-'
            && text.charAt(at + 1) != ']';
    if (!isRange) {
      set.or(from);
      return;
    }
    at++;
    BitSet to = classMember();
    if (to.cardinality() != 1) {
      throw bad("a range without an end");
    }
    int first = from.nextSetBit(0);
    int last = to.nextSetBit(0);
    if (last < first) {
      throw bad("the range is the wrong way round");
    }
    set.set(first, last + 1);
  }

  private BitSet classMember() {
    char c = text.charAt(at);
    if (c == '[' && at + 1 < text.length() && ":.=".indexOf(text.charAt(at + 1)) >= 0) {
      return posixClass();
    }
    at++;
    if (c != '\\') {
      BitSet one = new BitSet(256);
      one.set(c & 0xff);
      return one;
    }
    if (at == text.length()) {
      throw bad("nothing behind the backslash");
    }
    if (text.charAt(at) == 'b') {
      at++;
      BitSet backspace = new BitSet(256);
      backspace.set('\b');
      return backspace;
    }
    return escapedSet();
  }

  private BitSet posixClass() {
    int end = text.indexOf(":]", at + 2);
    String name = end < 0 ? "" : text.substring(at + 2, end);
    String java =
        switch (name) {
          case "alpha" -> "AZaz";
          case "digit" -> "09";
          case "alnum" -> "AZaz09";
          case "upper" -> "AZ";
          case "lower" -> "az";
          case "xdigit" -> "09AFaf";
          case "punct" -> "!/:@[`{~";
          default -> throw bad("a class within a class is not read");
        };
    BitSet set = new BitSet(256);
    for (int i = 0; i < java.length(); i += 2) {
      set.set(java.charAt(i), java.charAt(i + 1) + 1);
    }
    at = end + 2;
    return set;
  }

  private OneOf literal(char c) {
    return new OneOf(fold(range(c & 0xff, c & 0xff)));
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

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
  }

  private IllegalArgumentException bad(String message) {
    return new IllegalArgumentException(
        message + ", at character " + (at + 1) + " of the pattern " + text);
  }
}
