// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Whatever YAML of Camel is shipped or printed is what Camel's own schema allows, which editors
 * check routes with.
 */
class YamlSchemaTest {
  private static final Pattern SNIPPET = Pattern.compile("(?ms)^ *```yaml\n(.*?)^ *```$");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Schema schema;

  @BeforeAll
  static void readSchema() throws IOException {
    try (InputStream in = YamlSchemaTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
      schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4).getSchema(in);
    }
  }

  /** Route files, by their paths. */
  static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path directory : List.of(Path.of("routes"), Path.of("examples"))) {
      try (Stream<Path> all = Files.walk(directory)) {
        all.filter(file -> file.toString().endsWith(".camel.yaml")).sorted().forEach(files::add);
      }
    }
    return files;
  }

  /** What is printed in the README and in docs/, by file and number. */
  static List<Arguments> snippets() throws IOException {
    List<Arguments> snippets = new ArrayList<>();
    for (Path page : pages()) {
      List<String> found =
          SNIPPET.matcher(Files.readString(page)).results().map(YamlSchemaTest::text).toList();
      for (int i = 0; i < found.size(); i++) {
        snippets.add(Arguments.of(page + " " + (i + 1), found.get(i)));
      }
    }
    return snippets;
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(Stream.of(Path.of("README.md")), docs)
          .filter(page -> page.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  private static String text(MatchResult found) {
    return found.group(1).stripIndent();
  }

  @ParameterizedTest
  @MethodSource("files")
  void aFileIsValid(Path file) throws IOException {
    assertThat(faults(parse(Files.readString(file)))).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("snippets")
  void aSnippetIsValid(String place, String yaml) {
    Object snippet = parse(yaml);
    if (isCompose(snippet)) {
      return;
    }
    assertThat(faults(whole(snippet))).isEmpty();
  }

  @Test
  void whatTheSchemaDoesNotKnowIsFound() {
    assertThat(faults(parse("- route: { from: { uri: direct:a, stepps: [] } }"))).isNotEmpty();
    assertThat(faults(whole(parse("- too: direct:a")))).isNotEmpty();
    assertThat(faults(whole(parse("steps: [ { too: direct:a } ]")))).isNotEmpty();
  }

  private static List<String> faults(Object yaml) {
    JsonNode tree = JSON.valueToTree(yaml);
    return schema.validate(tree).stream().map(Error::toString).toList();
  }

  private static Object parse(String yaml) {
    return new Load(LoadSettings.builder().build()).loadFromString(yaml);
  }

  private static boolean isCompose(Object snippet) {
    return snippet instanceof Map<?, ?> map && map.containsKey("services");
  }

  /** A snippet as a file: steps stand in a route, and anything else stands for itself. */
  private static Object whole(Object snippet) {
    if (snippet instanceof Map<?, ?> map && map.keySet().equals(Set.of("steps"))) {
      return route(map.get("steps"));
    }
    if (snippet instanceof List<?> list && list.stream().allMatch(YamlSchemaTest::isStep)) {
      return route(list);
    }
    return snippet;
  }

  private static boolean isStep(Object item) {
    return item instanceof Map<?, ?> map
        && map.keySet().stream().noneMatch(YamlSchemaTest::standsInAFile);
  }

  /** What the schema lists for a file's items. */
  private static boolean standsInAFile(Object name) {
    return !schema.getSchemaNode().at("/items/properties").path(name.toString()).isMissingNode();
  }

  private static Object route(Object steps) {
    return List.of(Map.of("route", Map.of("from", Map.of("uri", "direct:it", "steps", steps))));
  }
}
