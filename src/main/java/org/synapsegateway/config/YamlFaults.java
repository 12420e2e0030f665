// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.dsl.yaml.common.exception.UnknownNodeIdException;
import org.apache.camel.dsl.yaml.common.exception.UnsupportedFieldException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

/** What Camel's YAML reader does not take: keys, steps and texts where they cannot be. */
final class YamlFaults {
  private final FailedStart start;

  YamlFaults(FailedStart start) {
    this.start = start;
  }

  Fault of(MarkedYamlEngineException e) {
    String file = e.getProblemMark().map(Mark::getName).orElse("").replaceFirst("^file:", "");
    int line = e.getProblemMark().map(Mark::getLine).orElse(0);
    if (e instanceof UnsupportedFieldException || e instanceof UnknownNodeIdException) {
      String key = e.getProblem().substring(e.getProblem().lastIndexOf(':') + 1).trim();
      boolean step = e instanceof UnknownNodeIdException;
      Set<String> known = yamlKeys();
      return new Fault(
          step ? Code.UNKNOWN_STEP : Code.UNKNOWN_KEY,
          start.files().placeOfKey(file, key, line),
          key,
          known.contains(key)
              ? "\"%s\" cannot be here; Camel's documentation says where it belongs".formatted(key)
              : "unknown %s \"%s\"".formatted(step ? "step" : "key", key)
                  + Spelling.hint(key, known));
    }
    return e.getClass().getPackageName().startsWith("org.apache.camel")
        ? new Fault(Code.BAD_ROUTE, file + ":" + (line + 1), "", CamelWords.plain(e.getProblem()))
        : YamlSyntax.fault(file, e);
  }

  /** All keys that Camel's YAML has anywhere. */
  private static Set<String> yamlKeys() {
    Set<String> keys = new TreeSet<>();
    try (InputStream schema = YamlFaults.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
      String text = schema == null ? "" : new String(schema.readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher = Pattern.compile("\"(\\w+)\" : \\{").matcher(text);
      while (matcher.find()) {
        keys.add(matcher.group(1));
      }
    } catch (IOException e) {
      return keys; // the message has no guess then
    }
    return keys;
  }

  /** A text in the place of keys, or the reverse, which the reader has no exception for. */
  Optional<Fault> node() {
    if (!isOfReader(start.innermost())) {
      return Optional.empty();
    }
    String place = start.placeOfStep();
    return Optional.of(
        new Fault(
            Code.BAD_NODE,
            place.isEmpty() ? start.parsedFile() : place,
            "",
            "a text is where a mapping belongs, or the reverse"));
  }

  private static boolean isOfReader(Throwable innermost) {
    StackTraceElement[] trace = innermost.getStackTrace();
    return innermost instanceof UnsupportedOperationException
        && trace.length > 0
        && trace[0].getClassName().startsWith("org.apache.camel.dsl.yaml.");
  }
}
