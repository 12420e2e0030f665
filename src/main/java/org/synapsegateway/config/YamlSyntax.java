// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

/** What keeps a text from being YAML, in words for authors of route files. */
final class YamlSyntax {
  /** The parser's words, or their beginning, and ours; BEGIN is where what is not ended begins. */
  private static final Map<String, String> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put("expected ',' or ']'", "the [ at BEGIN has no ], or a comma is missing");
    WORDS.put("expected ',' or '}'", "the { at BEGIN has no }, or a comma is missing");
    WORDS.put(
        "mapping values are not allowed here",
        "no \":\" may be here; indent a key as its neighbours are, and put a text with \": \" in"
            + " quotes");
    WORDS.put(
        "sequence entries are not allowed here",
        "no \"-\" may be here; a list begins on a line of its own");
    WORDS.put(
        "expected <block end>",
        "this line is indented unlike the lines that it belongs to, which begin at BEGIN");
    WORDS.put("could not find expected ':'", "the key at BEGIN has no \":\"");
    WORDS.put("found unexpected end of stream", "the quote at BEGIN is not closed");
    WORDS.put(
        "expected the node content",
        "a value is missing here, or the bracket at BEGIN is not closed");
    WORDS.put("found character '\\t(TAB)'", "a tab; YAML indents by blanks only");
    WORDS.put("found character", "no text may begin with this character; put it in quotes");
    WORDS.put("found undefined alias", "a text that begins with \"*\" needs quotes");
    WORDS.put(
        "found unknown escape character",
        "a \"\\\" in double quotes; write \"\\\\\", or use single quotes");
  }

  private YamlSyntax() {}

  /** What a YAML parser found, without the text that it found. */
  static Fault fault(String file, MarkedYamlEngineException e) {
    return new Fault(
        Code.BAD_YAML,
        e.getProblemMark().map(mark -> file + ":" + RouteTree.where(mark)).orElse(file),
        "",
        "not valid YAML: " + plain(e).orElseGet(() -> own(e)));
  }

  private static Optional<String> plain(MarkedYamlEngineException e) {
    if (e.getProblem().startsWith("expected <block end>")
        && e.getProblemMark().filter(mark -> !isFirst(mark)).isPresent()) {
      return Optional.of(
          "a text in {..}, [..] or quotes ends before this; put the whole text in quotes");
    }
    String begin = e.getContextMark().or(e::getProblemMark).map(RouteTree::where).orElse("1:1");
    return WORDS.entrySet().stream()
        .filter(words -> e.getProblem().startsWith(words.getKey()))
        .findFirst()
        .map(words -> words.getValue().replace("BEGIN", begin));
  }

  /** Whether only blanks and dashes of lists precede it in its line. */
  private static boolean isFirst(Mark mark) {
    int at = mark.getPointer() - 1;
    while (at >= 0 && (mark.getBuffer()[at] == ' ' || mark.getBuffer()[at] == '-')) {
      at--;
    }
    return at < 0 || mark.getBuffer()[at] == '\n' || mark.getBuffer()[at] == '\r';
  }

  /** What the parser says itself. */
  private static String own(MarkedYamlEngineException e) {
    boolean named = e.getContext() != null && !e.getContext().isBlank();
    String begin =
        e.getContextMark().map(mark -> " that begins at " + RouteTree.where(mark)).orElse("");
    return e.getProblem()
        + (named ? ", " + e.getContext() + begin : "")
        + "; look at the indents, quotes and brackets there";
  }
}
