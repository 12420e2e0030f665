// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.routing.Samples;

/** Patterns that mean harm, and paths that mean harm to patterns. */
class PatternFuzzTest {
  private static final Mutation LINES =
      new Mutation(
          Samples.documentedLines(),
          List.of(
              "GET ",
              "GET|PUT ",
              "^",
              "$",
              ".*",
              "[^/]+",
              "(",
              ")",
              "(a|b)",
              "(|a)",
              "?",
              "*",
              "+",
              "|",
              "[",
              "]",
              "[^",
              "[a-",
              "\\",
              "\\.",
              "{2}",
              "(?:",
              "&&",
              "#",
              "\n",
              "\t",
              "\0",
              "\377"));

  /** A pattern of the supported syntax over few characters, so that paths match it at times. */
  private static String pattern(Random random, int depth) {
    StringBuilder pattern = new StringBuilder();
    for (int parts = random.nextInt(4); parts >= 0; parts--) {
      String part =
          switch (random.nextInt(depth > 0 ? 9 : 6)) {
            case 0, 1 -> "a";
            case 2 -> "b";
            case 3 -> random.nextBoolean() ? "/" : ".";
            case 4 -> random.nextBoolean() ? "[^/]" : "[a-c]";
            case 5 -> random.nextInt(3) == 0 ? "$" : "\\.";
            default -> {
              StringBuilder group = new StringBuilder("(").append(pattern(random, depth - 1));
              for (int more = random.nextInt(3); more > 0; more--) {
                group.append('|').append(random.nextInt(4) == 0 ? "" : pattern(random, depth - 1));
              }
              yield group.append(')').toString();
            }
          };
      boolean repeats = !part.equals("$") && random.nextInt(3) == 0;
      pattern.append(part).append(repeats ? "*+?".charAt(random.nextInt(3)) : "");
    }
    return pattern.toString();
  }

  @Test
  void aLineMatchesWhatJavasExpressionMatches() {
    Fuzz.check(
        20_000,
        in -> {
          String pattern = in.text(random -> pattern(random, 3));
          String path =
              in.text(r -> Mutation.pieces(r, 10, "a", "b", "/", ".", "c", "\205", "\377"));
          String method = in.of("GET", "HEAD", "PUT", "get");
          String methods = in.of("", "GET ", "PUT|GET ", "POST ");
          Pattern java;
          List<PatternLine> lines;
          try {
            java = Pattern.compile("/" + pattern, Pattern.DOTALL | Pattern.UNIX_LINES);
            lines = PatternParser.parse(methods + "^/" + pattern);
          } catch (PatternSyntaxException | BadPatternException e) {
            return;
          }
          boolean named =
              methods.isEmpty()
                  || methods.contains(method)
                  || method.equals("HEAD") && methods.contains("GET");
          boolean matches = named && java.matcher("/" + path).lookingAt();
          RequestHead head = Samples.head(method, "/" + path);

          assertThat(new Automaton(Map.of(0, lines)).match(head).contains(0)).isEqualTo(matches);
          // without room for states it is matched slowly, and the same
          assertThat(new Automaton(Map.of(0, lines), 1, 1).match(head).contains(0))
              .isEqualTo(matches);
        });
  }

  @Test
  void anyLineIsReadOrRefusedWithItsPlace() {
    Fuzz.check(
        20_000,
        in -> {
          String text = in.text(LINES::make);
          try {
            assertThat(PatternParser.parse(text)).isNotEmpty();
          } catch (BadPatternException e) {
            assertThat(e.line()).isBetween(1, text.split("\n", -1).length);
            assertThat(e.column()).isPositive();
            String line = text.split("\n", -1)[e.line() - 1];
            assertThat(e.quotation()).isIn("", ": " + line.strip());
            assertThat(e).hasMessageMatching("(?s).{10,}");
          }
        });
  }

  @Test
  void aHostileLineIsReadAndMatchedWithinBounds() {
    Fuzz.check(
        120,
        in -> {
          String part = in.of("a", "(a+)+", "(a|a)*", "(a|b)?", "(.*a)", "(a|aa)+", "[^/]*a", "$?");
          String group = "(" + (part + in.of("", "|")).repeat(in.below(2_000)) + ")";
          int depth = in.oneIn(3) ? in.below(100) : 0;
          String line =
              "^/"
                  + "(".repeat(depth)
                  + group.repeat(in.below(4))
                  + ")*".repeat(depth)
                  + in.of("$", "b");
          RequestHead head = Samples.head("GET", "/" + "a".repeat(in.below(300)) + in.of("", "b"));
          try {
            Automaton automaton = Samples.automaton(line);
            automaton.match(head);
            assertThat(automaton.stateCount()).isLessThanOrEqualTo(Automaton.MAX_STATES);
            RequestLine single = RequestLine.of(line).get(0);
            single.matches(head);
            assertThat(single.samples()).hasSizeLessThanOrEqualTo(256);
          } catch (BadPatternException e) {
            assertThat(e.quotation()).isIn("", ": " + line.strip());
          }
        });
  }
}
