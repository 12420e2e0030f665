// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A test of a sample: an expression, flags, and the values of which one must match. */
final class Acl {
  /** {@code path_beg} is {@code path -m beg}, and {@code hdr_dom(host)} likewise. */
  private static final Pattern OLD =
      Pattern.compile("(path|url|base|hdr|urlp|method)_(beg|end|reg|sub|dir|dom)(\\(.*\\))?");

  private static final Set<String> COMPARISONS = Set.of("eq", "ge", "gt", "le", "lt");

  private final Line line;
  private final Expression expression;
  private final List<String> values = new ArrayList<>();
  private final List<String> files = new ArrayList<>();
  private String method = "str";
  private boolean caseless;

  /**
   * @param words its expression and what stands behind it
   */
  Acl(Line line, List<String> words) {
    this.line = line;
    if (words.isEmpty()) {
      throw line.bad("the acl tests nothing");
    }
    String first = words.get(0);
    Matcher old = OLD.matcher(first);
    if (old.matches()) {
      method = old.group(2);
      String arguments = old.group(3);
      first = old.group(1) + (arguments == null ? "" : arguments);
    }
    expression = new Expression(line, first);
    if (line.hasVariables()) {
      throw new CannotTellException(line, "environment variables are not known");
    }
    read(words.subList(1, words.size()));
  }

  private void read(List<String> words) {
    int i = 0;
    for (; i < words.size() && words.get(i).startsWith("-"); i++) {
      boolean alone = i + 1 == words.size();
      if (alone && words.get(i).matches("-[mf]")) {
        throw line.bad(words.get(i) + " wants a word behind it");
      }
      String value = alone ? "" : words.get(i + 1);
      switch (words.get(i)) {
        case "-i" -> caseless = true;
        case "-M", "-n" -> {} // says how a file is kept
        case "-m" -> {
          method = value;
          i++;
        }
        case "-f" -> {
          files.add(value);
          i++;
        }
        case "--" -> {
          values.addAll(words.subList(i + 1, words.size()));
          return;
        }
        default -> throw new CannotTellException(line, words.get(i) + " is not understood");
      }
    }
    values.addAll(words.subList(i, words.size()));
  }

  /**
   * A value that reads like a test of its own, as if tests could stand side by side; null without.
   *
   * @param words of the test
   */
  static @Nullable String strayTest(List<String> words) {
    return words.stream()
        .skip(1)
        .filter(word -> word.matches("(path|url|base|hdr|urlp)(_\\w+)?(\\(.*\\))?|method"))
        .findFirst()
        .orElse(null);
  }

  boolean matches(Evaluation evaluation) {
    String value = expression.value(evaluation);
    if (method.equals("found")) {
      return value != null;
    }
    if (value == null) {
      return false;
    }
    if (expression.isNumber()) {
      return compares(Integer.parseInt(value));
    }
    List<String> all = new ArrayList<>(values);
    files.forEach(file -> all.addAll(evaluation.map(line, file).keys()));
    return all.isEmpty()
        ? method.equals("bool") || expression.fetch().matches("always_\\w+|bool|http|ssl_fc")
            ? value.equals("1")
            : false
        : all.stream().anyMatch(each -> matches(evaluation, value, each));
  }

  private boolean compares(int number) {
    String comparison =
        COMPARISONS.contains(values.isEmpty() ? "" : values.get(0)) ? values.get(0) : "eq";
    String wanted = values.isEmpty() ? "" : values.get(values.size() - 1);
    if (!wanted.matches("\\d{1,9}") || values.size() > 2) {
      throw new CannotTellException(line, "its numbers are not understood");
    }
    int other = Integer.parseInt(wanted);
    return switch (comparison) {
      case "ge" -> number >= other;
      case "gt" -> number > other;
      case "le" -> number <= other;
      case "lt" -> number < other;
      default -> number == other;
    };
  }

  private boolean matches(Evaluation evaluation, String value, String wanted) {
    if (method.equals("reg")) {
      return evaluation.isIn(line, wanted, caseless, value);
    }
    String own = caseless ? value.toLowerCase(Locale.ROOT) : value;
    String other = caseless ? wanted.toLowerCase(Locale.ROOT) : wanted;
    return switch (method) {
      case "str" -> own.equals(other);
      case "beg" -> own.startsWith(other);
      case "end" -> own.endsWith(other);
      case "sub" -> own.contains(other);
      case "dir" -> parts(own, other, "/?");
      case "dom" -> parts(own, other, "/?.:");
      default -> throw new CannotTellException(line, "-m " + method + " is not understood");
    };
  }

  /** Whether a text stands between delimiters or the ends. */
  private static boolean parts(String text, String part, String delimiters) {
    String bare = part.replaceAll("^[" + delimiters + "]+|[" + delimiters + "]+$", "");
    return Pattern.compile(
            "(^|[" + delimiters + "])" + Pattern.quote(bare) + "($|[" + delimiters + "])")
        .matcher(text)
        .find();
  }
}
