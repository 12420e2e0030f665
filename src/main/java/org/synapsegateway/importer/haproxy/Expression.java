// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A sample expression: what is fetched of a request, and what is made of it, for example {@code
 * path,map_reg(/etc/haproxy/paths.map,main)}.
 */
final class Expression {
  /**
   * A fetch or a converter.
   *
   * @param arguments without the parentheses; none of {@code path}
   */
  private record Call(String name, List<String> arguments) {
    String argument(int index) {
      return index < arguments.size() ? arguments.get(index) : "";
    }
  }

  private final Line line;
  private final List<Call> calls = new ArrayList<>();

  Expression(Line line, String text) {
    this.line = line;
    split(text, ',').forEach(each -> calls.add(call(each)));
  }

  private static Call call(String text) {
    int open = text.indexOf('(');
    return open < 0 || !text.endsWith(")")
        ? new Call(text, List.of())
        : new Call(
            text.substring(0, open), split(text.substring(open + 1, text.length() - 1), ','));
  }

  /** Cuts at a character outside of parentheses. */
  private static List<String> split(String text, char at) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == at && depth == 0) {
        parts.add(text.substring(begin, i));
        begin = i + 1;
      }
    }
    parts.add(text.substring(begin));
    return parts;
  }

  /** The name of what is fetched. */
  String fetch() {
    return calls.get(0).name;
  }

  /** What a field is fetched by; empty if none is. */
  String field() {
    return isField(fetch()) ? calls.get(0).argument(0) : "";
  }

  private static boolean isField(String fetch) {
    return List.of("hdr", "fhdr", "req.hdr", "req.fhdr").contains(fetch);
  }

  /** Whether the result is a number. */
  boolean isNumber() {
    return List.of("nbsrv", "length").contains(calls.get(calls.size() - 1).name);
  }

  /** The value for a request; null if there is none. */
  @Nullable String value(Evaluation evaluation) {
    String value = fetched(evaluation, calls.get(0));
    for (Call each : calls.subList(1, calls.size())) {
      if (value == null) {
        return null;
      }
      value = converted(evaluation, each, value);
    }
    return value;
  }

  private @Nullable String fetched(Evaluation evaluation, Call call) {
    Request request = evaluation.request();
    String name = call.name;
    if (isField(name)) {
      return evaluation.field(line, call.argument(0));
    }
    return switch (name) {
      case "path" -> request.path();
      case "pathq", "url" -> request.target();
      case "query" -> request.query();
      case "method" -> request.method();
      case "base" -> orEmpty(evaluation.field(line, "host")) + request.path();
      case "urlp", "url_param" -> request.argument(call.argument(0));
      case "var" -> evaluation.variables().get(call.argument(0));
      case "str", "bool", "int" -> call.argument(0);
      case "always_true", "http" -> "1";
      case "always_false" -> "0";
      case "ssl_fc" -> evaluation.isEncrypted() ? "1" : "0";
      case "nbsrv" -> Integer.toString(evaluation.available(call.argument(0)));
      default -> throw new CannotTellException(line, name + " is not understood");
    };
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private @Nullable String converted(Evaluation evaluation, Call call, String value) {
    return switch (call.name) {
      case "lower" -> value.toLowerCase(Locale.ROOT);
      case "upper" -> value.toUpperCase(Locale.ROOT);
      case "length" -> Integer.toString(value.length());
      case "nbsrv" -> Integer.toString(evaluation.available(value));
      case "concat" ->
          value
              + call.argument(0)
              + orEmpty(evaluation.variables().get(call.argument(1)))
              + call.argument(2);
      case "map", "map_str", "map_reg" ->
          evaluation
              .map(line, call.argument(0))
              .find(
                  key ->
                      call.name.equals("map_reg")
                          ? evaluation.isIn(line, key, false, value)
                          : key.equals(value))
              .orElse(call.arguments.size() > 1 ? call.argument(1) : null);
      case "word" -> word(call, value);
      default -> throw new CannotTellException(line, call.name + " is not understood");
    };
  }

  private @Nullable String word(Call call, String value) {
    if (!call.argument(0).matches("[1-9]\\d{0,5}") || call.argument(1).isEmpty()) {
      throw new CannotTellException(line, "its word() is not understood");
    }
    List<String> words =
        Arrays.stream(value.split("[" + Pattern.quote(call.argument(1)) + "]+", -1))
            .filter(word -> !word.isEmpty())
            .toList();
    int index = Integer.parseInt(call.argument(0)) - 1;
    return index >= 0 && index < words.size() ? words.get(index) : null;
  }
}
