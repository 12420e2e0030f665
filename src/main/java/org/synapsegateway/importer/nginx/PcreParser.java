// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.synapsegateway.importer.nginx.Pcre.Choice;
import org.synapsegateway.importer.nginx.Pcre.End;
import org.synapsegateway.importer.nginx.Pcre.Group;
import org.synapsegateway.importer.nginx.Pcre.OneOf;
import org.synapsegateway.importer.nginx.Pcre.Other;
import org.synapsegateway.importer.nginx.Pcre.Part;
import org.synapsegateway.importer.nginx.Pcre.Repeat;
import org.synapsegateway.importer.nginx.Pcre.Sequence;
import org.synapsegateway.importer.nginx.Pcre.Start;

/**
 * Reads a regular expression as PCRE does. It knows what sites write; what it does not know is
 * refused with words. Confined to one thread.
 */
final class PcreParser {
  private static final int MAX_NESTED = 50;
  private static final int MAX_COUNT = 1000;

  private final PatternText text;
  private final ByteSets sets;
  private final Map<String, Integer> names = new LinkedHashMap<>();
  private int nested;
  private int groups;

  PcreParser(String pattern, boolean caseless) {
    text = new PatternText(pattern);
    boolean isMarked = text.isAt("(?i)");
    text.skip(isMarked ? 4 : 0);
    sets = new ByteSets(text, caseless || isMarked);
  }

  /** The numbers of the groups that have names. */
  Map<String, Integer> names() {
    return names;
  }

  /**
   * Reads the pattern.
   *
   * @throws IllegalArgumentException if it cannot be read
   */
  Part parse() {
    Part part = choice();
    if (!text.isAtEnd()) {
      throw text.bad("\")\" without \"(\"");
    }
    return part;
  }

  private Part choice() {
    List<Part> branches = new ArrayList<>();
    branches.add(sequence());
    while (text.isAt('|')) {
      text.skip(1);
      branches.add(sequence());
    }
    return branches.size() == 1 ? branches.get(0) : new Choice(branches);
  }

  private Part sequence() {
    List<Part> parts = new ArrayList<>();
    while (!text.isAtEnd() && !text.isAt('|') && !text.isAt(')')) {
      parts.add(repeated(atom()));
    }
    return parts.size() == 1 ? parts.get(0) : new Sequence(parts);
  }

  private Part repeated(Part part) {
    if (text.isAtEnd()) {
      return part;
    }
    int least = 0;
    int most = -1;
    switch (text.peek()) {
      case '*' -> {}
      case '+' -> least = 1;
      case '?' -> most = 1;
      case '{' -> {
        int close = counted();
        if (close < 0) {
          return part;
        }
        String[] counts = text.between(text.position() + 1, close).split(",", -1);
        least = count(counts[0]);
        most = counts.length == 1 ? least : counts[1].isEmpty() ? -1 : count(counts[1]);
        text.moveTo(close);
      }
      default -> {
        return part;
      }
    }
    text.skip(1);
    String manner = text.isAt('?') || text.isAt('+') ? String.valueOf(text.next()) : "";
    if (part instanceof Start || part instanceof End || part instanceof Other) {
      throw text.bad("a repeat of what is no character");
    }
    return repeated(new Repeat(part, least, most, manner));
  }

  /** Where the counts that begin here end; -1 if the brace stands for itself. */
  private int counted() {
    int ahead = 1;
    while (ByteSets.isDigit(text.peek(ahead))) {
      ahead++;
    }
    if (ahead == 1) {
      return -1;
    }
    if (text.peek(ahead) == ',') {
      ahead++;
      while (ByteSets.isDigit(text.peek(ahead))) {
        ahead++;
      }
    }
    return text.peek(ahead) == '}' ? text.position() + ahead : -1;
  }

  private int count(String digits) {
    int count = digits.length() > 4 ? MAX_COUNT + 1 : Integer.parseInt(digits);
    if (count > MAX_COUNT) {
      throw text.bad("a repeat of more than " + MAX_COUNT);
    }
    return count;
  }

  private Part atom() {
    switch (text.peek()) {
      case '(' -> {
        return group();
      }
      case '[' -> {
        return new OneOf(sets.characterClass());
      }
      case '\\' -> {
        return escape();
      }
      case '^' -> {
        text.skip(1);
        return new Start();
      }
      case '$' -> {
        text.skip(1);
        return new End();
      }
      case '.' -> {
        text.skip(1);
        return new OneOf(ByteSets.any());
      }
      case '*', '+', '?' -> throw text.bad("nothing to repeat");
      default -> {
        return new OneOf(sets.character());
      }
    }
  }

  private Part group() {
    if (++nested > MAX_NESTED) {
      throw text.bad("groups are nested more than " + MAX_NESTED + " deep");
    }
    int opened = text.position();
    text.skip(1);
    String opening = text.isAt('?') ? opening() : "(";
    if (text.isAt('*')) {
      throw text.bad("verbs such as (*UTF8) are not read");
    }
    if (opening.equals("(")) {
      groups++;
    }
    Part part = choice();
    if (text.isAtEnd()) {
      text.moveTo(opened);
      throw text.bad("\"(\" without \")\"");
    }
    text.skip(1);
    nested--;
    return new Group(opening, part, opening.equals("(") || opening.equals("(?:"));
  }

  /** The kind of a group that begins with a question mark, as Java writes it. */
  private String opening() {
    for (String kind : List.of("?:", "?=", "?!", "?>", "?<=", "?<!")) {
      if (text.isAt(kind)) {
        text.skip(kind.length());
        return "(" + kind;
      }
    }
    name(text.between(text.position(), text.position() + 40));
    return "(";
  }

  private void name(String rest) {
    int start = rest.startsWith("?P<") ? 3 : rest.startsWith("?<") || rest.startsWith("?'") ? 2 : 0;
    int end = start;
    while (end < rest.length() && ByteSets.isWord(rest.charAt(end))) {
      end++;
    }
    char close = start > 0 && rest.charAt(start - 1) == '\'' ? '\'' : '>';
    if (start == 0 || end == start || end == rest.length() || rest.charAt(end) != close) {
      throw text.bad("a group that begins with (" + rest.substring(0, Math.min(3, rest.length())));
    }
    if (names.putIfAbsent(rest.substring(start, end), groups + 1) != null) {
      throw text.bad("two groups with one name");
    }
    text.skip(end + 1);
  }

  private Part escape() {
    text.skip(1);
    if (text.isAtEnd()) {
      throw text.bad("nothing behind the backslash");
    }
    char c = text.peek();
    switch (c) {
      case 'A' -> {
        text.skip(1);
        return new Start();
      }
      case 'Z', 'z' -> {
        text.skip(1);
        return new End();
      }
      case 'b', 'B' -> {
        text.skip(1);
        return new Other("\\" + c);
      }
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        if (ByteSets.isDigit(text.peek(1))) {
          throw text.bad("a number of two digits behind a backslash");
        }
        text.skip(1);
        return new Other("\\" + c);
      }
      default -> {
        return new OneOf(sets.escape());
      }
    }
  }
}
