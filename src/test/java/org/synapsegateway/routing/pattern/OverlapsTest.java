// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.routing.pattern.Overlaps.Finding;
import org.synapsegateway.routing.pattern.Overlaps.Kind;
import org.synapsegateway.routing.pattern.Overlaps.Line;

class OverlapsTest {
  private static List<Finding> find(String... expressions) {
    return Overlaps.find(List.of(expressions));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // an earlier line, a later line of another expression, what is found, the example
        "^/a; ^/b; ;",
        "^/a$; ^/a/; ;",
        "GET ^/a; PUT ^/a; ;",
        "GET ^/a; POST|PUT ^/a; ;",
        "^/[^/]+$; ^/[^/]+/[^/]+$; ;",
        "^/rooms/[^/]+/typing/[^/]+$; ^/rooms/[^/]+/send/[^/]+/[^/]+$; ;",
        "^/rooms/.*/typing; ^/rooms/.*/send; SHARED; GET /rooms//send/typing",
        "^/a.*b$; ^/.*ab$; SHARED; GET /ab",
        "^/a.*c$; ^/ab.*$; SHARED; GET /abc",
        "GET ^/a; ^/a; SHARED; GET /a",
        "PUT ^/a; ^/a$; SHARED; PUT /a",
        "^/(a|b)$; ^/(b|c)$; SHARED; GET /b",
        "^/a; ^/a; COVERED;",
        "^/a; ^/ab; COVERED;",
        "^/a; ^/a$; COVERED;",
        "^/a$; ^/a; SHARED; GET /a",
        "/a; ^/a; COVERED;",
        "^/; ^/.*x$; COVERED;",
        "^/[^/]+; ^/ab*c$; COVERED;",
        "^/ab*c$; ^/[^/]+$; SHARED; GET /ac",
        "^/a; GET ^/a; COVERED;",
        "GET ^/a; HEAD ^/a; COVERED;",
        "HEAD ^/a; GET ^/a$; SHARED; HEAD /a",
        "GET|PUT ^/a; PUT ^/ab; COVERED;",
        "GET|POST|PUT|DELETE|OPTIONS|PATCH ^/a; ^/a$; SHARED; GET /a",
        "^/x; ^/a$b; EMPTY;",
        "^/x; ^/a[?]; EMPTY;",
        "^/x; ^$; ;",
        "^/x; OPTIONS ^\\*$; ;",
        "^/x; GET ^(/|$); SHARED; GET /x",
        "^($|/b); ^(/b|$); COVERED;",
        "^($|/a); ^($|/b); SHARED; GET ",
      })
  void whatTwoLinesHaveInCommonIsKnown(
      String earlier, String later, Kind expected, String example) {
    List<Finding> findings = find(earlier, later);

    if (expected == null) {
      assertThat(findings).isEmpty();
      return;
    }
    List<Line> rivals =
        expected == Kind.EMPTY ? List.of() : List.of(new Line(0, 1, earlier.strip()));
    String request = example == null || !example.equals("GET") ? example : "GET ";
    assertThat(findings)
        .containsExactly(new Finding(expected, new Line(1, 1, later), rivals, request));
  }

  @Test
  void linesThatCoverAnotherOnlyTogetherAreAllNamed() {
    assertThat(find("# one\n^/a[^b]\n^/x", "^/ab\n^/a$", "^/a"))
        .containsExactly(
            new Finding(
                Kind.COVERED,
                new Line(2, 1, "^/a"),
                List.of(new Line(0, 2, "^/a[^b]"), new Line(1, 1, "^/ab"), new Line(1, 2, "^/a$")),
                null));
  }

  @Test
  void withinAnExpressionOnlyDeadLinesAreFound() {
    assertThat(find("^/a.*b$\n^/.*ab$\n^/aab$"))
        .containsExactly(
            new Finding(
                Kind.COVERED, new Line(0, 3, "^/aab$"), List.of(new Line(0, 1, "^/a.*b$")), null));
  }

  @Test
  void theDocumentedLinesLetAClientChooseTheTypingWriter() {
    String send = "^/_matrix/client/(api/v1|r0|v3|unstable)/rooms/.*/send";
    String typing = "^/_matrix/client/(api/v1|r0|v3|unstable)/rooms/.*/typing";

    assertThat(find(send, typing))
        .extracting(Finding::kind, Finding::example)
        .containsExactly(tuple(Kind.SHARED, "GET /_matrix/client/r0/rooms//send/typing"));
    assertThat(
            find(
                "PUT|POST ^/_matrix/client/v3/rooms/[^/]+/send/[^/]+/[^/]+$",
                "PUT ^/_matrix/client/v3/rooms/[^/]+/typing/[^/]+$"))
        .isEmpty();
  }

  @Test
  void whatWouldTakeTooLongIsSaidToBeUndecided() {
    // the later line's automaton has to remember which of the last twelve bytes were an "a"
    List<String> expressions =
        List.of("^/.*a" + "[ab]".repeat(12) + "$", "^/.*b" + "[ab]".repeat(12) + "$");

    assertThat(Overlaps.find(expressions, 100))
        .extracting(Finding::kind, finding -> finding.line().expression())
        .containsExactly(tuple(Kind.UNDECIDED, 1));
    assertThat(Overlaps.find(expressions, 100_000)).isEmpty();
  }

  @Test
  void theFindingsAgreeWithAllShortPaths() {
    List<String> paths = new ArrayList<>(List.of("/"));
    for (int i = 0; paths.get(i).length() < 6; i++) {
      paths.add(paths.get(i) + "a");
      paths.add(paths.get(i) + "b");
    }
    Random random = new Random(11);
    List<Kind> kinds = new ArrayList<>();
    for (int round = 0; round < 400; round++) {
      String earlier = line(random);
      String later = line(random);
      List<Finding> findings = find(earlier, later);
      List<String> both = matching(matching(paths, earlier), later);
      List<String> onlyLater = matching(paths, later);
      onlyLater.removeAll(both);
      String asked = earlier + " and " + later + ": " + findings;
      if (findings.isEmpty()) {
        assertThat(both).as(asked).isEmpty();
        continue;
      }
      Finding finding = findings.get(findings.size() - 1);
      kinds.add(finding.kind());
      switch (finding.kind()) {
        case EMPTY -> assertThat(matching(paths, finding.line().text())).as(asked).isEmpty();
        case COVERED -> assertThat(onlyLater).as(asked).isEmpty();
        case SHARED -> {
          String example = finding.example().substring("GET ".length());
          assertThat(matching(matching(List.of(example), earlier), later)).hasSize(1);
          if (!both.isEmpty()) {
            assertThat(example.length()).as(asked).isLessThanOrEqualTo(both.get(0).length());
          }
        }
        case UNDECIDED -> throw new AssertionError(asked);
      }
    }
    assertThat(Collections.frequency(kinds, Kind.COVERED)).isGreaterThan(40);
    assertThat(Collections.frequency(kinds, Kind.SHARED)).isGreaterThan(40);
  }

  private static List<String> matching(List<String> paths, String line) {
    Pattern pattern = Pattern.compile(line, Pattern.DOTALL);
    return new ArrayList<>(paths.stream().filter(p -> pattern.matcher(p).find()).toList());
  }

  private static String line(Random random) {
    StringBuilder line = new StringBuilder("^/");
    for (int parts = 1 + random.nextInt(4); parts > 0; parts--) {
      line.append(List.of("a", "b", "[ab]", ".", "(a|bb)", "(ab|)").get(random.nextInt(6)));
      line.append(List.of("", "", "*", "?").get(random.nextInt(4)));
    }
    return line + (random.nextInt(3) > 0 ? "$" : "");
  }
}
