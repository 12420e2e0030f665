// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.routing.Samples;

class PatternParserTest {
  @Test
  void linesKeepTheirNumbersAndTheirText() {
    assertThat(PatternParser.parse("# one\n\n  GET ^/a$ \n^/b\n"))
        .extracting(PatternLine::number, PatternLine::text)
        .containsExactly(tuple(3, "GET ^/a$"), tuple(4, "^/b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "^/a(?=b); 5; look-around",
        "^/a(?<name>b); 5; look-around, names and flags",
        "^/a(?i)b; 5; flags",
        "^/(a)\\1; 6; \\1",
        "^/\\d+; 3; [0-9]",
        "^/a\\; 4; nothing behind the backslash",
        "^/a.*?b; 6; leave out the",
        "^/a++b; 5; leave out the",
        "^/a**; 5; repeat of a repeat",
        "^/a{2}; 4; counted repeats",
        "^/a|^/b; 4; outside of a group",
        "^/(a|^b); 6; beginning of a pattern only",
        "^/(*a); 4; nothing to repeat",
        "^/a$*; 5; cannot be repeated",
        "^/(a; 3; write \\( for",
        "^/((a); 3; write \\( for",
        "^/a); 4; write \\) for",
        "^/[a; 3; write \\[ for",
        "^/[]; 4; class without characters",
        "^/[^]; 5; class without characters",
        "^/[c-a]; 4; wrong way round",
        "^/[[:alpha:]]; 4; classes within classes",
        "^/[a&&b]; 5; intersections",
        "^/a b; 4; no white space",
        "^/é; 3; undecoded",
        "a/b; 1; begins with ^ or with /",
        "get ^/a; 1; written in capitals",
        "GTE ^/a; 1; there is no method GTE",
        "GET|PSOT ^/a; 5; there is no method PSOT",
        "GET, ^/a; 4; written in capitals",
        "GET| ^/a; 5; written in capitals",
        "GET||PUT ^/a; 5; written in capitals",
        "|GET ^/a; 1; written in capitals",
        "GET a; 5; begins with ^ or with /",
        "GET; 1; begins with ^ or with /",
        "GET PUT ^/a; 5; begins with ^ or with /",
      })
  void whatAnAutomatonCannotDecideIsRefused(String line, int column, String reason) {
    assertThatThrownBy(() -> PatternParser.parse("^/fine\n  " + line))
        .asInstanceOf(InstanceOfAssertFactories.type(BadPatternException.class))
        .satisfies(e -> assertThat(e.line()).isEqualTo(2))
        .satisfies(e -> assertThat(e.column()).isEqualTo(column + 2))
        .satisfies(e -> assertThat(e).hasMessageContaining(reason));
  }

  @Test
  void theRefusalQuotesTheLine() {
    assertThatThrownBy(() -> PatternParser.parse("GET ^/a{2}$"))
        .asInstanceOf(InstanceOfAssertFactories.type(BadPatternException.class))
        .satisfies(e -> assertThat(e.quotation()).isEqualTo(": GET ^/a{2}$"));
  }

  @ParameterizedTest
  @CsvSource({"''", "'# nothing'", "'\n \n# nothing\n'"})
  void anExpressionWithoutPatternIsRefused(String expression) {
    assertThatThrownBy(() -> PatternParser.parse(expression))
        .isInstanceOf(BadPatternException.class)
        .hasMessageContaining("no pattern");
  }

  @Test
  void groupsMayNotBeNestedWithoutLimit() {
    assertThat(PatternParser.parse("^/" + "(".repeat(50) + "a" + ")".repeat(50))).hasSize(1);
    assertThatThrownBy(() -> PatternParser.parse("^/" + "(".repeat(51) + "a" + ")".repeat(51)))
        .hasMessageContaining("nested");
  }

  @Test
  void aLongLineIsReadWithoutDeepRecursion() {
    String line = "^/" + "(a|b)?".repeat(20_000) + "$";

    assertThat(Samples.matches(line, "GET", "/abba")).isTrue();
    assertThat(Samples.matches(line, "GET", "/abc")).isFalse();
  }
}
