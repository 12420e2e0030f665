// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code if} or {@code unless}: ACLs by name or in braces, with {@code !} and
 * {@code ||}.
 */
final class Condition {
  /** HAProxy's own ACLs. */
  private static final Map<String, List<String>> PREDEFINED =
      Map.of(
          "METH_CONNECT", List.of("method", "CONNECT"),
          "METH_DELETE", List.of("method", "DELETE"),
          "METH_GET", List.of("method", "GET", "HEAD"),
          "METH_HEAD", List.of("method", "HEAD"),
          "METH_OPTIONS", List.of("method", "OPTIONS"),
          "METH_POST", List.of("method", "POST"),
          "METH_PUT", List.of("method", "PUT"),
          "METH_TRACE", List.of("method", "TRACE"),
          "TRUE", List.of("always_true"),
          "FALSE", List.of("always_false"));

  private final Line line;
  private final List<String> words;

  /**
   * @param words of a line, from {@code if} or {@code unless}; empty for what always holds
   */
  private Condition(Line line, List<String> words) {
    this.line = line;
    this.words = words;
  }

  /** The condition at the end of a line. */
  static Condition of(Line line) {
    for (int i = 1; i < line.words().size(); i++) {
      if (line.word(i).matches("if|unless")) {
        return new Condition(line, line.words().subList(i, line.words().size()));
      }
    }
    return new Condition(line, List.of());
  }

  /** How many words of the line come before it. */
  int begin() {
    return line.words().size() - words.size();
  }

  boolean holds(Evaluation evaluation) {
    if (words.isEmpty()) {
      return true;
    }
    boolean any = false;
    boolean all = true;
    boolean negated = false;
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("||") || word.equals("or")) {
        any |= all;
        all = true;
        continue;
      }
      while (word.startsWith("!")) {
        negated = !negated;
        word = word.substring(1);
      }
      if (word.isEmpty()) {
        continue;
      }
      List<String> own = null;
      if (word.equals("{")) {
        int end = end(i);
        own = words.subList(i + 1, end);
        i = end;
      }
      all = all && named(evaluation, word, own) != negated;
      negated = false;
    }
    return (any || all) == words.get(0).equals("if");
  }

  private int end(int begin) {
    for (int i = begin; i < words.size(); i++) {
      if (words.get(i).equals("}")) {
        return i;
      }
    }
    throw line.bad("there is no } to the {");
  }

  private boolean named(Evaluation evaluation, String name, @Nullable List<String> own) {
    if (own != null) {
      return new Acl(line, own).matches(evaluation);
    }
    List<Acl> acls = new ArrayList<>();
    for (Line each : evaluation.acls(name)) {
      acls.add(new Acl(each, each.words().subList(2, each.words().size())));
    }
    if (acls.isEmpty() && PREDEFINED.containsKey(name)) {
      acls.add(new Acl(line, PREDEFINED.get(name)));
    }
    if (acls.isEmpty()) {
      throw line.bad("there is no acl " + name);
    }
    return acls.stream().anyMatch(acl -> acl.matches(evaluation));
  }
}
