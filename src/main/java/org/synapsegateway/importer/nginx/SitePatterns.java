// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a server block and the maps ask of paths, as lines of {@code request} expressions, and what
 * they ask of other variables.
 *
 * @param expressions for each location, map line and condition one expression
 * @param notRegular what no automaton can decide, with its place: its paths are only sampled
 * @param values the texts that variables are compared with, by the variable's name
 */
public record SitePatterns(
    Set<String> expressions, List<String> notRegular, Map<String, Set<String>> values) {
  private static final Set<String> PATHS = Set.of("uri", "document_uri", "request_uri");
  private static final String PLAIN = "[!-~&&[^?#%]]+";

  public static SitePatterns of(Site site, Server server) {
    SitePatterns patterns =
        new SitePatterns(new LinkedHashSet<>(), new ArrayList<>(), new TreeMap<>());
    patterns.addLocations(server.block());
    server.block().directive().within().forEach(patterns::addDirective);
    site.maps().values().forEach(patterns::addMap);
    return patterns;
  }

  private void addLocations(Block block) {
    block.exact().values().forEach(each -> addText(each.name(), true));
    for (Block each : block.prefixes().values()) {
      addText(each.name(), false);
      if (each.redirectsToItself()) {
        addText(each.name().substring(0, each.name().length() - 1), true);
      }
    }
    block.patterns().forEach(each -> addPattern(each.pattern(), each.directive()));
    block.exact().values().forEach(this::addLocations);
    block.prefixes().values().forEach(this::addLocations);
    block.patterns().forEach(this::addLocations);
  }

  private void addDirective(Directive each) {
    if (each.is("rewrite")) {
      addPattern(NginxRegex.of(each.place(), each.argument(0), false), each);
    } else if (each.is("if")) {
      List<String> words = Condition.words(each);
      if (words.size() > 2 && words.get(0).startsWith("$")) {
        addCondition(each, words.get(0).substring(1), words.get(1), words.get(2));
      }
    }
  }

  private void addCondition(Directive each, String variable, String operator, String operand) {
    boolean isPattern = operator.contains("~");
    if (!PATHS.contains(variable)) {
      if (!isPattern) {
        value(variable, operand);
      }
    } else if (isPattern) {
      addPattern(NginxRegex.of(each.place(), operand, operator.endsWith("*")), each);
    } else {
      addText(operand, true);
    }
  }

  private void addMap(MapTable map) {
    String variable = map.source().variable();
    if (variable == null) {
      return;
    }
    if (!PATHS.contains(variable)) {
      map.texts().forEach(text -> value(variable, text));
      return;
    }
    map.texts().forEach(text -> addText(text, true));
    map.patterns().forEach(line -> addPattern(line.pattern(), map.directive()));
  }

  private void value(String variable, String value) {
    if (value.matches("[ -~]*")) {
      values.computeIfAbsent(variable, name -> new TreeSet<>()).add(value);
    }
  }

  private void addText(String path, boolean whole) {
    if (path.startsWith("/") && path.matches(PLAIN)) {
      String escaped = path.replaceAll("[^A-Za-z0-9/_]", "\\\\$0");
      expressions.add("^" + escaped + (whole ? "$" : ""));
    }
  }

  private void addPattern(NginxRegex pattern, Directive directive) {
    if (pattern.lines().isEmpty()) {
      notRegular.add(directive + " (" + directive.place() + ")");
    }
    if (!pattern.samples().isEmpty()) {
      expressions.add(String.join("\n", pattern.samples()));
    }
  }
}
