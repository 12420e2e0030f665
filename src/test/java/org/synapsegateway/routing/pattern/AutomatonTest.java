// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.routing.Samples;

class AutomatonTest {
  private static final int PLENTY = 1_000_000;

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        // literals, prefix and whole
        "^/a; GET; /a; true",
        "^/a; GET; /ab; true",
        "^/a; GET; /a/b; true",
        "^/a; GET; /b/a; false",
        "^/a; GET; /; false",
        "^/a$; GET; /a; true",
        "^/a$; GET; /ab; false",
        "^/a$; GET; /a/; false",
        "^/a$; GET; /A; false",
        // without ^
        "/a; GET; /ab; true",
        "/a; GET; /b/a; false",
        "/a$; GET; /a; true",
        "/a$; GET; /ab; false",
        "^.*/a$; GET; /b/a; true",
        "^.*/a$; GET; /b/ab; false",
        // the query is no part of the path
        "^/a$; GET; /a?b=c; true",
        "^/a$; GET; /a?; true",
        "^/a.b; GET; /a?b; false",
        // dots and escapes
        "^/a.b$; GET; /a.b; true",
        "^/a.b$; GET; /axb; true",
        "^/a.b$; GET; /a/b; true",
        "^/a.b$; GET; /ab; false",
        "^/a\\.b$; GET; /a.b; true",
        "^/a\\.b$; GET; /axb; false",
        "^/a\\$b$; GET; /a$b; true",
        "^/a\\(b\\)$; GET; /a(b); true",
        "^/a\\*\\+\\?; GET; /a*+; false",
        "^/\\/a$; GET; //a; true",
        "^/a]}$; GET; /a]}; true",
        // repeats
        "^/ab*c$; GET; /ac; true",
        "^/ab*c$; GET; /abbbc; true",
        "^/ab+c$; GET; /ac; false",
        "^/ab+c$; GET; /abc; true",
        "^/ab+c$; GET; /abbbc; true",
        "^/ab?c$; GET; /ac; true",
        "^/ab?c$; GET; /abc; true",
        "^/ab?c$; GET; /abbc; false",
        "^/(ab)+$; GET; /abab; true",
        "^/(ab)+$; GET; /aba; false",
        "^/(a*)*$; GET; /aaa; true",
        "^/(a*)*$; GET; /aab; false",
        "^/(a|b*)+c$; GET; /abbac; true",
        // groups
        "^/(a|bc|)d$; GET; /ad; true",
        "^/(a|bc|)d$; GET; /bcd; true",
        "^/(a|bc|)d$; GET; /d; true",
        "^/(a|bc|)d$; GET; /bd; false",
        "^/()a$; GET; /a; true",
        "^(/a|/b/(c|d))$; GET; /b/d; true",
        "^(/a|/b/(c|d))$; GET; /b; false",
        // the end inside a group
        "^/devices(/|$); GET; /devices; true",
        "^/devices(/|$); GET; /devices/; true",
        "^/devices(/|$); GET; /devices/ABC; true",
        "^/devices(/|$); GET; /devicesX; false",
        "^/a($|/b$); GET; /a; true",
        "^/a($|/b$); GET; /a/b; true",
        "^/a($|/b$); GET; /a/bc; false",
        "^/a$b; GET; /a; false",
        "^/a$b; GET; /ab; false",
        "^/a$($|b)$; GET; /a; true",
        // classes
        "^/[^/]+$; GET; /ab; true",
        "^/[^/]+$; GET; /a/b; false",
        "^/[^/]+$; GET; /; false",
        "^/[a-c0-9_]$; GET; /b; true",
        "^/[a-c0-9_]$; GET; /_; true",
        "^/[a-c0-9_]$; GET; /d; false",
        "^/[-a]$; GET; /-; true",
        "^/[a-]$; GET; /-; true",
        "^/[.*]$; GET; /*; true",
        "^/[.*]$; GET; /x; false",
        "^/[\\]\\\\]$; GET; /]; true",
        "^/[a^]$; GET; /^; true",
        "^/[$]$; GET; /$; true",
        // percent-encoding stays as it is
        "^/%21$; GET; /%21; true",
        "^/%21$; GET; /!; false",
        "^/!$; GET; /%21; false",
        // methods
        "GET ^/a; GET; /a; true",
        "GET ^/a; POST; /a; false",
        "GET ^/a; HEAD; /a; true",
        "GET ^/a; GETX; /a; false",
        "GET|PUT ^/a; PUT; /a; true",
        "GET|PUT ^/a; GET; /a; true",
        "GET|PUT ^/a; DELETE; /a; false",
        "PUT /a; PUT; /a; true",
        "PUT /a; HEAD; /a; false",
        "POST    ^/a; POST; /a; true",
        "HEAD ^/a; GET; /a; false",
        "M-SEARCH ^/a; M-SEARCH; /a; true",
        "^/a; M-SEARCH; /a; true",
        "^/a; get; /a; true",
        "GET ^/a; get; /a; false",
        // forms of the target
        "^/a$; GET; http://example.org/a; true",
        "GET ^/a$; GET; http://example.org/a; true",
        "GET ^/a$; GET; http://example.org/b/a; false",
        "^/; GET; http://example.org; false",
        "^/; OPTIONS; *; false",
        "^\\*$; OPTIONS; *; true",
      })
  void aLineMatches(String line, String method, String target, boolean expected) {
    assertThat(Samples.matches(line, method, target)).isEqualTo(expected);
  }

  @Test
  void bytesThatAreNoAsciiMatchDotsAndNegatedClassesOnly() {
    String utf8 = "/\u00c3\u00a9"; // one char a byte

    assertThat(Samples.matches("^/..$", "GET", utf8)).isTrue();
    assertThat(Samples.matches("^/[^/]+$", "GET", utf8)).isTrue();
    assertThat(Samples.matches("^/[!-~]+$", "GET", utf8)).isFalse();
  }

  @Test
  void anExpressionMatchesIfOneOfItsLinesDoes() {
    String lines = "# sync\n\n  GET ^/sync$  \n\tPOST ^/events$\r\n";

    assertThat(Samples.matches(lines, "GET", "/sync")).isTrue();
    assertThat(Samples.matches(lines, "POST", "/events")).isTrue();
    assertThat(Samples.matches(lines, "POST", "/sync")).isFalse();
    assertThat(Samples.matches(lines, "GET", "/events")).isFalse();
  }

  @Test
  void theDocumentedLinesMatchWhatJavasRegularExpressionsMatch() {
    List<String> lines = Samples.documentedLines();
    List<Pattern> oracle = lines.stream().map(AutomatonTest::java).toList();
    Automaton automaton = new Automaton(eachByItself(lines));
    Random random = new Random(20260801);
    int[] matched = new int[lines.size()];
    for (int round = 0; round < 20_000; round++) {
      String path =
          round % 4 == 0
              ? Samples.path(random)
              : Samples.pathLike(lines.get(random.nextInt(lines.size())), random);
      Matches found = automaton.match(Samples.head("GET", path));
      for (int id = 0; id < lines.size(); id++) {
        boolean expected = oracle.get(id).matcher(path).find();
        assertThat(found.contains(id)).as("%s on %s", lines.get(id), path).isEqualTo(expected);
        matched[id] += expected ? 1 : 0;
      }
    }

    assertThat(lines).hasSize(102); // 99, and three prefixes without "^"
    assertThat(matched).as("each line was put to the test").doesNotContain(0);
  }

  @Test
  void randomPatternsMatchWhatJavasRegularExpressionsMatch() {
    Random random = new Random(7);
    int matched = 0;
    for (int round = 0; round < 3_000; round++) {
      String line = "^/" + randomPattern(random, 3) + (random.nextBoolean() ? "$" : "");
      Automaton automaton = Samples.automaton(line);
      for (int i = 0; i < 10; i++) {
        String path = "/" + randomText(random);
        boolean expected = java(line).matcher(path).find();
        assertThat(automaton.match(Samples.head("GET", path)).contains(0))
            .as("%s on %s", line, path)
            .isEqualTo(expected);
        matched += expected ? 1 : 0;
      }
    }

    assertThat(matched).isBetween(5_000, 25_000);
  }

  private static Pattern java(String line) {
    return Pattern.compile(line.startsWith("^") ? line : "^" + line, Pattern.DOTALL);
  }

  private static String randomPattern(Random random, int depth) {
    StringBuilder pattern = new StringBuilder();
    for (int parts = random.nextInt(4); parts > 0; parts--) {
      String part =
          switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0 -> "a";
            case 1 -> "b";
            case 2 -> ".";
            case 3 -> "[^a]";
            case 4 -> "[ab]";
            case 5 -> "$";
            case 6 -> "(" + randomPattern(random, depth - 1) + ")";
            default ->
                "("
                    + randomPattern(random, depth - 1)
                    + "|"
                    + randomPattern(random, depth - 1)
                    + ")";
          };
      pattern.append(part);
      if (!part.equals("$")) {
        pattern.append(List.of("", "", "", "*", "+", "?").get(random.nextInt(6)));
      }
    }
    return pattern.toString();
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(7); length > 0; length--) {
      text.append("aabbc/".charAt(random.nextInt(6)));
    }
    return text.toString();
  }

  private static Map<Integer, List<PatternLine>> eachByItself(List<String> lines) {
    Map<Integer, List<PatternLine>> patterns = new HashMap<>();
    for (String line : lines) {
      patterns.put(patterns.size(), PatternParser.parse(line));
    }
    return patterns;
  }

  @Test
  void aPatternThatKillsBacktrackersIsReadInOnePass() {
    String path = "/" + "a".repeat(7_000) + "!";
    Automaton automaton = Samples.automaton("^/(a+)+$\n^/(a|a)*b\n^/(.*a)+b");

    assertThat(automaton.match(Samples.head("GET", path)).contains(0)).isFalse();
    // one state for each byte of a path would be a table that grows with the path
    assertThat(automaton.stateCount()).isLessThan(20);
  }

  @Test
  void theTableStaysWithinItsBoundAndAnswersRightBeyondIt() {
    List<String> lines = Samples.documentedLines();
    Automaton unbounded = new Automaton(eachByItself(lines), PLENTY / 20, Long.MAX_VALUE);
    Automaton small = new Automaton(eachByItself(lines), 50, Long.MAX_VALUE);
    Random random = new Random(3);
    for (int round = 0; round < 2_000; round++) {
      String path = Samples.pathLike(lines.get(random.nextInt(lines.size())), random);
      Matches expected = unbounded.match(Samples.head("PUT", path));
      Matches found = small.match(Samples.head("PUT", path));
      for (int id = 0; id < lines.size(); id++) {
        assertThat(found.contains(id)).isEqualTo(expected.contains(id));
      }
      assertThat(small.stateCount()).isLessThanOrEqualTo(50);
    }
    assertThat(unbounded.stateCount()).isGreaterThan(1_000);
    assertThat(small.stateCount()).isEqualTo(50);
  }

  @Test
  void aFullTableIsBegunAnewWhenItHasBeenOfNoUseForLong() {
    Automaton automaton =
        new Automaton(Map.of(0, PatternParser.parse("^/abcdefgh$\n^/.*12345678$")), 12, 100);
    automaton.match(Samples.head("GET", "/123456789"));
    int full = automaton.stateCount();
    for (int i = 0; i < 9; i++) {
      assertThat(automaton.match(Samples.head("GET", "/abcdefgh")).contains(0)).isTrue();
    }

    assertThat(full).isEqualTo(12);
    automaton.match(Samples.head("GET", "/abcdefgh"));
    automaton.match(Samples.head("GET", "/abcdefgh"));
    assertThat(automaton.stateCount()).as("only what /abcdefgh needs").isLessThan(13);
  }

  @Test
  void eventLoopsMayShareAnAutomaton() throws Exception {
    List<String> lines = Samples.documentedLines();
    List<Pattern> oracle = lines.stream().map(AutomatonTest::java).toList();
    // so small that states are made, run out, and are begun anew all the time
    Automaton automaton = new Automaton(eachByItself(lines), 200, 2_000);
    List<Callable<Integer>> loops = new ArrayList<>();
    for (int loop = 0; loop < 4; loop++) {
      Random random = new Random(loop);
      loops.add(
          () -> {
            int wrong = 0;
            for (int round = 0; round < 1_500; round++) {
              String path = Samples.pathLike(lines.get(random.nextInt(lines.size())), random);
              Matches found = automaton.match(Samples.head("GET", path));
              for (int id = 0; id < lines.size(); id++) {
                wrong += found.contains(id) == oracle.get(id).matcher(path).find() ? 0 : 1;
              }
            }
            return wrong;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (Future<Integer> wrong : threads.invokeAll(loops)) {
        assertThat(wrong.get()).isZero();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void statesOfAHugePatternAreFew() {
    Automaton automaton = Samples.automaton("^/" + "(a|b)?".repeat(20_000) + "$");

    assertThat(automaton.match(Samples.head("GET", "/" + "a".repeat(250))).contains(0)).isTrue();
    assertThat(automaton.match(Samples.head("GET", "/" + "a".repeat(250) + "c")).contains(0))
        .isFalse();
    assertThat(automaton.stateCount()).isLessThan(Automaton.MAX_THREADS / 20_000);
  }
}
