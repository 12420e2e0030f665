// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

class YamlSyntaxTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "- a: [b\\n  c: d | 2:4 | the [ at 1:6 has no ], or a comma is missing",
        "- a: {b: c\\n- d: e | 2:4 | the { at 1:6 has no }, or a comma is missing",
        "- a: [\\n | 2:1 | a value is missing here, or the bracket at 2:1 is not closed",
        "- a: {{b}}/c | 1:11 | a text in {..}, [..] or quotes ends before this; put the whole text in quotes",
        "- a: 'b'c | 1:9 | a text in {..}, [..] or quotes ends before this; put the whole text in quotes",
        "- a: b: c | 1:7 | no \":\" may be here; indent a key as its neighbours are, and put a text with \": \" in quotes",
        "- a: - b | 1:6 | no \"-\" may be here; a list begins on a line of its own",
        "- a: b\\n  - c | 2:3 | this line is indented unlike the lines that it belongs to, which begin at 1:3",
        "a: b\\nc\\nd: e | 3:1 | the key at 2:1 has no \":\"",
        "- a: \"b\\n- c: d | 2:7 | the quote at 1:6 is not closed",
        "- a:\\n\\tb: c | 2:1 | a tab; YAML indents by blanks only",
        "- a: %b | 1:6 | no text may begin with this character; put it in quotes",
        "- a: *b | 1:6 | a text that begins with \"*\" needs quotes",
        "- a: \"\\d\" | 1:8 | a \"\\\" in double quotes; write \"\\\\\", or use single quotes",
      })
  void aSlipIsToldInPlainWords(String text, String place, String told) {
    String yaml = text.replace("\\n", "\n").replace("\\t", "\t");
    MarkedYamlEngineException found =
        catchThrowableOfType(
            MarkedYamlEngineException.class,
            () ->
                new Compose(LoadSettings.builder().setAllowNonScalarKeys(true).build())
                    .composeString(yaml));
    assertThat(YamlSyntax.fault("f", found))
        .isEqualTo(new Fault(Code.BAD_YAML, "f:" + place, "", "not valid YAML: " + told));
  }
}
