// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.tooling.model.ArtifactModel;
import org.junit.jupiter.api.Test;

/** The list of Camel's jars is that of its catalog; with -Dgenerate it is written anew. */
class CamelArtifactsTest {
  private static final Path FILE = Path.of("src/generated/resources", CamelArtifacts.RESOURCE);

  private final CamelCatalog catalog = new DefaultCamelCatalog();
  private final Map<String, String> lines = new TreeMap<>();

  @Test
  void theListIsThatOfTheCatalog() throws Exception {
    put("component", catalog.findComponentNames(), catalog::componentModel);
    put("language", catalog.findLanguageNames(), catalog::languageModel);
    put("dataformat", catalog.findDataFormatNames(), catalog::dataFormatModel);
    String text =
        lines.entrySet().stream()
            .map(line -> line.getKey() + "=" + line.getValue() + "\n")
            .collect(Collectors.joining("", "version=" + catalog.getCatalogVersion() + "\n", ""));
    if (System.getProperty("generate") != null) {
      Files.writeString(FILE, text);
    }
    assertThat(FILE).hasContent(text);
  }

  private void put(
      String kind, List<String> names, Function<String, ? extends ArtifactModel<?>> model) {
    names.forEach(name -> lines.put(kind + "." + name, model.apply(name).getArtifactId()));
  }

  @Test
  void theAdviceNamesTheJar() {
    CamelArtifacts artifacts = new CamelArtifacts();
    assertThat(artifacts.advice("component", "sftp"))
        .isEqualTo(
            "; it is in org.apache.camel:camel-ftp:4.18.0: put that jar and those it depends on"
                + " into ext/");
    assertThat(artifacts.advice("language", "jsonpath")).contains(":camel-jsonpath:");
    assertThat(artifacts.advice("dataformat", "jackson")).contains(":camel-jackson:");
    assertThat(artifacts.advice("component", "worker")).isEmpty();
  }
}
