// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.synapsegateway.http.Methods;

/**
 * Reads request lines such as {@code GET|PUT ^/_matrix/client/(r0|v3)/sync$}.
 *
 * <p>The syntax is the part of regular expressions that Synapse's docs/workers.md uses and that an
 * automaton can decide: literals, {@code . * + ?}, groups with alternatives (empty ones too),
 * classes, {@code ^} at the start, and {@code $}. A line without {@code $} matches every path that
 * begins so. A line that begins with {@code /} is anchored as if it began with {@code ^}: Synapse
 * prints its media prefixes that way. {@code GET} means HEAD too, which differs from it in nothing
 * but the missing body (RFC 9110 section 9.3.2). Blank lines and lines that begin with {@code #}
 * are left out.
 */
public final class PatternParser extends PatternText {
  private static final int MAX_NESTED = 50;
  private static final Node ANY_METHOD = new Node.Repeat(Node.oneOf('!', '~'), false, true);

  private int nested;

  private PatternParser(int number, String line) {
    super(number, line);
  }

  /**
   * Reads all lines of an expression.
   *
   * @throws BadPatternException if a line cannot be read, or if there is none
   */
  public static List<PatternLine> parse(String expression) {
    List<PatternLine> lines = new ArrayList<>();
    int number = 0;
    for (String line : expression.split("\n", -1)) {
      number++;
      if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
        lines.add(new PatternParser(number, line.stripTrailing()).parseLine());
      }
    }
    if (lines.isEmpty()) {
      throw new BadPatternException(
          1, 1, "", "no pattern; write at least one line, for example GET ^/_matrix/client/");
    }
    return lines;
  }

  private PatternLine parseLine() {
    skipBlanks();
    Set<String> methods = parseMethods();
    if (peek() == '^') {
      at++;
    }
    Node path = parseSequence();
    if (peek() == ')') {
      throw bad("\")\" without \"(\"; write \\) for the character itself");
    }
    if (peek() == '|') {
      throw bad("\"|\" outside of a group; write (a|b), or put the alternatives on two lines");
    }
    Node method =
        methods.isEmpty() ? ANY_METHOD : new Node.Choice(methods.stream().map(Node::text).toList());
    Node node = new Node.Sequence(List.of(method, Node.text(" "), path));
    return new PatternLine(number, line.strip(), methods, node);
  }

  // ---- methods

  private Set<String> parseMethods() {
    Set<String> methods = new LinkedHashSet<>();
    if (peek() == '^' || peek() == '/') {
      return methods;
    }
    int end = at;
    while (end < line.length() && !isBlank(line.charAt(end))) {
      end++;
    }
    if (end == line.length()) {
      throw bad(
          "a pattern begins with ^ or with /, behind the methods if there are any; to match"
              + " anywhere in the path begin with ^.*");
    }
    methods.add(parseMethod());
    while (peek() == '|') {
      at++;
      methods.add(parseMethod());
    }
    if (at < end) {
      throw bad("a method is written in capitals, and several as GET|PUT");
    }
    skipBlanks();
    if (peek() != '^' && peek() != '/') {
      throw bad("behind the methods a pattern begins with ^ or with /");
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return methods;
  }

  private String parseMethod() {
    int from = at;
    while (peek() >= 'A' && peek() <= 'Z' || peek() == '-') {
      at++;
    }
    if (at == from) {
      throw bad("a method is written in capitals, and several as GET|PUT");
    }
    String method = line.substring(from, at);
    if (!Methods.isKnown(method)) {
      at = from;
      throw bad(
          "there is no method "
              + method
              + "; write one of IANA's registry, such as GET, POST, PUT or DELETE");
    }
    return method;
  }

  // ---- the path

  private Node parseChoice() {
    List<Node> branches = new ArrayList<>();
    branches.add(parseSequence());
    while (peek() == '|') {
      at++;
      branches.add(parseSequence());
    }
    return branches.size() == 1 ? branches.get(0) : new Node.Choice(branches);
  }

  private Node parseSequence() {
    List<Node> parts = new ArrayList<>();
    while (at < line.length() && peek() != '|' && peek() != ')') {
      parts.add(parseRepeated());
    }
    return new Node.Sequence(parts);
  }

  private Node parseRepeated() {
    Node part = parsePart();
    char quantifier = peek();
    if (quantifier != '*' && quantifier != '+' && quantifier != '?') {
      return part;
    }
    if (part instanceof Node.End) {
      throw bad("the end of the path cannot be repeated; leave out the \"" + quantifier + "\"");
    }
    at++;
    if (peek() == '?' || peek() == '+') {
      throw bad(
          "lazy and possessive repeats match the same paths as plain ones here; leave out the \""
              + peek()
              + "\"");
    }
    if (peek() == '*') {
      throw bad("a repeat of a repeat; leave out one of them");
    }
    return new Node.Repeat(part, quantifier != '+', quantifier != '?');
  }

  private Node parsePart() {
    char c = peek();
    return switch (c) {
      case '(' -> parseGroup();
      case '[' -> parseClass();
      case '\\' -> literal(parseEscape());
      case '$' -> {
        at++;
        yield new Node.End();
      }
      case '.' -> {
        at++;
        yield Node.oneOf(0, 255);
      }
      case '^' ->
          throw bad("\"^\" stands at the beginning of a pattern only; write \\^ for the character");
      case '*', '+', '?' ->
          throw bad("nothing to repeat; write \\" + c + " for the character itself");
      case '{' ->
          throw bad(
              "counted repeats are not supported; write the part as often as it is wanted, or \\{"
                  + " for the character");
      default -> {
        checkPlain(c);
        at++;
        yield literal(c);
      }
    };
  }

  private Node parseGroup() {
    int open = at;
    at++;
    if (peek() == '?') {
      throw bad(
          "look-around, names and flags in groups are not supported; a group is (a|b), and a class"
              + " such as [^/]* often does for what must not follow");
    }
    if (++nested > MAX_NESTED) {
      throw bad("groups are nested more than " + MAX_NESTED + " deep");
    }
    Node node = parseChoice();
    nested--;
    if (peek() != ')') {
      at = open;
      throw bad("\"(\" without \")\"; write \\( for the character itself");
    }
    at++;
    return node;
  }

  private char parseEscape() {
    at++;
    if (at == line.length()) {
      at--;
      throw bad("nothing behind the backslash; write \\\\ for the character itself");
    }
    char c = peek();
    checkPlain(c);
    if (Character.isLetterOrDigit(c)) {
      at--;
      throw bad(
          "\"\\"
              + c
              + "\" is not supported: only special characters are escaped; write a class such as"
              + " [0-9] or [a-z0-9_]");
    }
    at++;
    return c;
  }

  private Node parseClass() {
    int open = at;
    at++;
    boolean negated = peek() == '^';
    if (negated) {
      at++;
    }
    BitSet bytes = new BitSet(256);
    while (at < line.length() && peek() != ']') {
      parseRange(bytes);
    }
    if (at == line.length()) {
      at = open;
      throw bad("\"[\" without \"]\"; write \\[ for the character itself");
    }
    if (bytes.isEmpty()) {
      throw bad("a class without characters; write \\] for the character itself");
    }
    at++;
    if (negated) {
      bytes.flip(0, 256);
    }
    return new Node.OneOf(bytes);
  }

  private void parseRange(BitSet bytes) {
    int from = at;
    char first = parseClassCharacter();
    char last = first;
    if (peek() == '-' && at + 1 < line.length() && line.charAt(at + 1) != ']') {
      at++;
      last = parseClassCharacter();
    }
    if (last < first) {
      at = from;
      throw bad("the range is the wrong way round");
    }
    bytes.set(first, last + 1);
  }

  private char parseClassCharacter() {
    char c = peek();
    if (c == '\\') {
      return parseEscape();
    }
    if (c == '[') {
      throw bad("classes within classes are not supported; write \\[ for the character itself");
    }
    if (c == '&' && line.startsWith("&&", at)) {
      throw bad("intersections of classes are not supported; a single & is enough");
    }
    checkPlain(c);
    at++;
    return c;
  }

  private static Node literal(char c) {
    return Node.oneOf(c, c);
  }
}
