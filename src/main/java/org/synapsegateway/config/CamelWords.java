// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What Camel says of a part of a route that it cannot make, in words for authors of route files: of
 * options that are missing or of the wrong kind, and of steps in the wrong place.
 */
final class CamelWords {
  private static final Map<Pattern, Function<MatchResult, String>> WORDS = new LinkedHashMap<>();

  static {
    put(
        "type must be specified on: null",
        found -> "\"type\" is missing or names no class; write for example \"type: String\"");
    put("policy must be specified.*", found -> missing("ref"));
    put("(header|property|variable)Name must be specified.*", found -> missing("name"));
    put(
        "(?:Definition has no children|OnException\\[.*] is not configured).*",
        found -> "there are no steps here; add \"steps:\" and at least one");
    put(
        "Route template (\\S+) the following mandatory parameters must be provided: (.*)",
        found -> "routeTemplate %s needs a value for %s".formatted(found.group(1), found.group(2)));
    put("(Both .*) On node: .*", found -> found.group(1));
    put(
        "Unable to determine the error handler type.*",
        found -> "an error handler is missing; add for example \"defaultErrorHandler: {}\"");
    put(
        "Cannot find class: (\\S+) in the classpath",
        found -> "there is no class " + found.group(1));
    put(
        "(?:The )?(?:bean )?(\\w+) must be set must be specified.*",
        found -> missing(found.group(1)));
    put(
        "At least one [Ee]xception must be configured.*",
        found ->
            "\"exception\" is missing; add for example \"exception: [ java.lang.Exception ]\"");
    put(
        "exception/ref or exceptionClass/exceptionType must be configured.*",
        found -> "there is no exception of this name; write a class as \"exceptionType\"");
    put(
        "Uri is mandatory|Either (.+) must be specified.*",
        found -> missing(found.group(1) == null ? "uri" : found.group(1)));
    put(
        "(.+?)(?: expression)? must be (?:specified|set|provided).*",
        found -> missing(found.group(1)));
    put("(\\w+) must have (\\w+) set.*", found -> missing(found.group(2)));
    put(
        "Unsupported definition: null|Cannot invoke \".*getExpressionType\\(\\)\".*",
        found -> "an expression is missing; add for example \"simple: ${header.Host}\"");
    put(
        "Field: \\w+ has already been configured as an expression",
        found -> "there are two expressions here; keep one of them");
    put(
        "Cannot invoke .* because the return value of \".*\\.get(\\w+)\\(\\)\" is null",
        found -> missing(found.group(1)));
    put(
        "Cannot invoke .* is null",
        found -> "an option that this step needs is missing; Camel's documentation lists them");
    put("For input string: \"(.*)\"", found -> "\"" + found.group(1) + "\" is not a number");
    put(
        "Enum:? class (?:class )?(\\S+) does not have any constant with value: (.*)",
        found ->
            "\"%s\" is unknown here; write one of %s"
                .formatted(found.group(2), constants(found.group(1))));
    put(
        "This (\\w+) should have a (\\w+) as its parent.*",
        found ->
            "\"%s\" cannot be here; it belongs to a \"%s\""
                .formatted(found.group(1), found.group(2)));
    put(
        "Unexpected type: class [\\w.]*\\.(\\w+)Definition",
        found ->
            "\"%s\" is no step of its own; it belongs into another step"
                .formatted(decapitalised(found.group(1))));
    put(
        "Node should have only have 1 key, was: 2 keys: \\[(\\w+),(\\w+)].*",
        found ->
            "\"%s\" and \"%s\" are one item of a list; begin the second with \"- \""
                .formatted(found.group(1), found.group(2)));
    put(
        "Unable to find constructor for node",
        found -> "a mapping of one key belongs here, for example \"- route:\"");
    put(
        "Unsupported type: SEQUENCE",
        found -> "a mapping belongs here, not a list: lines of KEY: VALUE without \"- \"");
    put(
        "Node type (map|array) is invalid, expected key-value",
        found ->
            "a text belongs here, not a " + (found.group(1).equals("map") ? "mapping" : "list"));
    put(
        "Node type .* is invalid, expected array",
        found ->
            "a list belongs here: lines that begin with \"- \", at least one of them no comment");
    put(
        "Node type .* is invalid, expected map",
        found -> "a mapping belongs here: lines of KEY: VALUE, at least one of them no comment");
    put(
        "Cannot find RouteTemplate with id (.*)",
        found ->
            found.group(1).equals("null")
                ? missing("routeTemplateRef")
                : "there is no routeTemplate " + found.group(1));
    put(
        "Failed to start route: \\S+ because: (.*?) Please (.*)\\.",
        found -> found.group(1).replaceFirst("\\.$", "") + "; " + found.group(2));
    put(
        "Rest service: .* must have to endpoint configured\\.",
        found -> "a method of this rest: has no \"to\"; add one, for example \"to: direct:main\"");
  }

  private CamelWords() {}

  private static void put(String camels, Function<MatchResult, String> ours) {
    WORDS.put(Pattern.compile(camels, Pattern.DOTALL), ours);
  }

  /** A message in our words; as it is if there are none for it. */
  static String plain(String message) {
    for (Map.Entry<Pattern, Function<MatchResult, String>> words : WORDS.entrySet()) {
      Matcher matcher = words.getKey().matcher(message);
      if (matcher.matches()) {
        return words.getValue().apply(matcher.toMatchResult());
      }
    }
    return message;
  }

  private static String missing(String options) {
    return options.contains(" ")
        ? options + " is missing; add it"
        : "\"%s\" is missing; add it".formatted(decapitalised(options));
  }

  private static String decapitalised(String name) {
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  private static String constants(String type) {
    try {
      return Arrays.stream(Class.forName(type).getEnumConstants())
          .map(Object::toString)
          .collect(Collectors.joining(", "));
    } catch (ClassNotFoundException e) {
      return "those that Camel's documentation lists";
    }
  }
}
