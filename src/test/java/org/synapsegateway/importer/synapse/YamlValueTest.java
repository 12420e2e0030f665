// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fuzz.Fuzz;

/** What PyYAML makes of the same texts. */
class YamlValueTest {
  private static final Path FILE = Path.of("homeserver.yaml");

  /** What the fuzz makes files of. */
  private static final List<String> PIECES =
      List.of(
          "\n",
          "\n  ",
          "\n    ",
          ": ",
          "- ",
          "a",
          "b",
          "<<",
          "&x ",
          "*x",
          "{",
          "}",
          "[",
          "]",
          ",",
          "'",
          "\"",
          "|",
          ">",
          "#",
          "!!int ",
          "!t ",
          "? ",
          "---\n",
          "...\n",
          "%YAML 1.1\n",
          "0660",
          "yes",
          "~",
          "\t",
          "@",
          "`",
          "\\",
          "é",
          "\uFEFF",
          "{{ x }}",
          "{% x %}",
          "listeners",
          "worker_name",
          "\0");

  private static YamlValue parse(String text) {
    return YamlValue.parse(FILE, text).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "yes,true",
    "On,true",
    "TRUE,true",
    "true,true",
    "no,false",
    "off,false",
    "False,false",
    "~,false",
    "0,false",
    "1,true",
    "'''no''',true",
    "y,true",
    "n,true",
    "'[]',false",
    "'[0]',true",
    "'{}',false",
    "text,true"
  })
  void aWordIsTrueOrFalse(String word, boolean flag) {
    YamlValue root = parse("key: " + word);
    assertThat(root.entries().get("key").flag()).isEqualTo(flag);
  }

  @ParameterizedTest
  @CsvSource({
    "8008,8008",
    "0660,432",
    "0o660,-1",
    "0x1F,31",
    "0b11,3",
    "8_008,8008",
    "1:30,90",
    "-5,-5",
    "'''8008''',-1",
    "8008.0,-1",
    "99999999999,-1",
    "008,-1"
  })
  void aNumberIsOctalAfterAZero(String text, int number) {
    YamlValue value = parse("key: " + text).get("key").orElseThrow();
    if (number == -1) {
      assertThatThrownBy(value::integer)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("homeserver.yaml:1: ");
    } else {
      assertThat(value.integer()).isEqualTo(number);
    }
  }

  @Test
  void mergesAndLetsTheLastOfEqualKeysCount() {
    YamlValue root =
        parse(
            """
            one: &one {a: 1, b: 1}
            two: &two {b: 2, c: 2}
            list: {<<: [*one, *two], c: own}
            twice: {a: first, a: second}
            chain: {<<: {<<: *one, z: 9}}
            """);
    assertThat(texts(root.get("list").orElseThrow()))
        .isEqualTo(Map.of("a", "1", "b", "1", "c", "own"));
    assertThat(texts(root.get("twice").orElseThrow())).isEqualTo(Map.of("a", "second"));
    assertThat(texts(root.get("chain").orElseThrow()))
        .isEqualTo(Map.of("a", "1", "b", "1", "z", "9"));
  }

  private static Map<String, String> texts(YamlValue mapping) {
    Map<String, String> texts = new TreeMap<>();
    mapping.entries().forEach((key, value) -> texts.put(key, value.text()));
    return texts;
  }

  @Test
  void aReferenceToItselfEnds() {
    YamlValue root = parse("a: &a\n  <<: *a\n  b: 1\n");
    assertThat(root.get("a").orElseThrow().entries()).containsOnlyKeys("b");
  }

  @Test
  void referencesUponReferencesCostNoMoreThanTheirText() {
    StringBuilder text = new StringBuilder("l0: &l0 {x: 1}\n");
    for (int i = 1; i < 90; i++) {
      String before = "*l" + (i - 1);
      text.append(
          "l%d: &l%d {<<: [%s]}\n"
              .formatted(i, i, String.join(", ", Collections.nCopies(9, before))));
    }
    YamlValue last = parse(text.toString()).get("l89").orElseThrow();
    assertThat(last.entries()).containsOnlyKeys("x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: b: c | homeserver.yaml:1: is not YAML",
        "a: *gone | homeserver.yaml:1: is not YAML",
        "{% if x %} | homeserver.yaml:1: this is a template ({% if x %})",
        "a: @@PORT@@ | homeserver.yaml:1: this is a template (@@PORT@@)",
        "a: [ | homeserver.yaml:1: is not YAML",
        "password: 'hunter2 | homeserver.yaml:1: is not YAML",
        "password: *hunter2 | homeserver.yaml:1: is not YAML, so Synapse cannot read it either: found undefined alias",
        "password: !hunter2 x | homeserver.yaml:1: has a tag of its own",
        "password: !!hunter2 x | homeserver.yaml:1: is not YAML, so Synapse cannot read it either: Global tag is not allowed",
        "password: !!python/name:hunter2 x | homeserver.yaml:1: is not YAML, so Synapse cannot read it either: Global tag is not allowed",
        "password: !<tag:yaml.org,2002:python/hunter2> [] | homeserver.yaml:1: is not YAML, so Synapse cannot read it either: Global tag is not allowed",
        "password: !hunter2!x y | homeserver.yaml:1: is not YAML, so Synapse cannot read it either: found undefined tag handle",
        "password: x\u0007hunter2 | homeserver.yaml:1: is not YAML, so Synapse cannot read it either: it has a control character",
      })
  void whatIsNoYamlIsToldWithItsLine(String text, String message) {
    assertThatThrownBy(() -> YamlValue.parse(FILE, text).orElseThrow().refuseTags())
        .isInstanceOf(ConfigurationException.class)
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .startsWith(message)
                    .hasLineCount(1)
                    .doesNotContain("hunter2"));
  }

  @Test
  void tagsOfYamlItselfAreTaken() {
    String text = "a: !!binary eA==\nb: !!set {x}\nc: !!str 1\nd: !!timestamp 2001-12-14\ne: ! x\n";
    parse(text).refuseTags();
    assertThat(parse(text).get("c").orElseThrow().text()).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({"{{ port }}", "'\"{{ port }}\"'", "${PORT}", "__PORT__", "'\"{% x %}\"'"})
  void aTemplateInAValueIsToldWhereTheValueIsWanted(String text) {
    YamlValue value = parse("fine: '{{ user }}'\nport: " + text).get("port").orElseThrow();
    assertThatThrownBy(value::text)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("homeserver.yaml:2: this is a template (");
  }

  @Test
  void whatIsTooDeepIsRefused() {
    assertThatThrownBy(() -> YamlValue.parse(FILE, "[".repeat(100_000)))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> YamlValue.parse(FILE, "- ".repeat(100_000)))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void anythingIsAValueOrOneLineThatSaysWhyNot() {
    Fuzz.check(
        5000,
        choices -> {
          StringBuilder text = new StringBuilder();
          int pieces = choices.below(60);
          for (int i = 0; i < pieces; i++) {
            text.append(choices.of(PIECES));
          }
          try {
            YamlValue.parse(FILE, text.toString()).ifPresent(root -> visit(root, 0));
          } catch (ConfigurationException e) {
            assertThat(e.getMessage()).startsWith("homeserver.yaml").hasLineCount(1);
          }
        });
  }

  private static void visit(YamlValue value, int depth) {
    if (depth < 3) {
      value.entries().values().forEach(each -> visit(each, depth + 1));
      if (value.isList()) {
        value.items().forEach(each -> visit(each, depth + 1));
      }
      value.flag();
    }
  }
}
