// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.synapsegateway.importer.nginx.Evaluator;
import org.synapsegateway.importer.nginx.Question;

/**
 * The requests for one path that differ in what else decides: the arguments, fields and clients
 * that nginx or the routes look at.
 *
 * @param values the texts that nginx compares variables with, by the variable's name
 * @param arguments the arguments that the routes ask for
 */
record Variants(Evaluator evaluator, Map<String, Set<String>> values, Set<String> arguments) {
  /** Of the networks for examples (RFC 5737): nobody's private client. */
  static final String PUBLIC_CLIENT = "198.51.100.7";

  private static final List<String> PRIVATE_CLIENTS = List.of("127.0.0.1", "10.1.2.3");
  private static final List<String> TOKENS =
      List.of(
          "Authorization: Bearer syt_YWxpY2U_abcdefghijklmnopqrst_0aBcDe",
          "Authorization: Bearer mat_0a1b2c");
  private static final int MAX_OF_A_PATH = 64;
  private static final int MAX_ROUNDS = 3;

  static boolean isMade(String field) {
    return TOKENS.contains(field);
  }

  /** The request itself and its variants; at most 64. */
  Set<Question> of(Question plain) {
    Set<Question> all = new LinkedHashSet<>();
    all.add(plain);
    Set<String> known = new TreeSet<>();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Set<String> reads = new TreeSet<>();
      all.forEach(question -> reads.addAll(evaluator.decide(question).reads()));
      if (plain.target().startsWith("/_synapse")) {
        reads.add("remote_addr");
      }
      if (plain.method().equals("GET") || plain.method().equals("POST")) {
        arguments.forEach(name -> reads.add("arg_" + name));
      }
      reads.removeAll(known);
      if (reads.isEmpty()) {
        break;
      }
      known.addAll(reads);
      reads.forEach(variable -> multiply(all, variable));
    }
    return all;
  }

  private void multiply(Set<Question> all, String variable) {
    for (Question question : List.copyOf(all)) {
      for (Question other : others(question, variable)) {
        if (all.size() < MAX_OF_A_PATH) {
          all.add(other);
        }
      }
    }
  }

  private List<Question> others(Question question, String variable) {
    List<Question> others = new ArrayList<>();
    if (variable.equals("remote_addr")) {
      PRIVATE_CLIENTS.forEach(client -> others.add(question.withClient(client)));
    } else if (variable.equals("request_method")) {
      values(variable).stream()
          .filter(method -> method.matches("[A-Za-z]+"))
          .forEach(
              method -> others.add(question.withMethod(method.toUpperCase(java.util.Locale.ROOT))));
    } else if (variable.startsWith("arg_")) {
      String name = variable.substring("arg_".length());
      Set<String> texts = new LinkedHashSet<>(List.of("s1"));
      values(variable).stream().filter(text -> text.matches("[\\w.~-]*")).forEach(texts::add);
      texts.forEach(
          text -> others.add(question.withTarget(with(question.target(), name + "=" + text))));
      if (name.equals("full_state")) {
        others.add(question.withTarget(with(question.target(), "full_state=true")));
      }
    } else if (variable.equals("http_authorization")) {
      TOKENS.forEach(token -> others.add(with(question, token)));
    } else if (variable.startsWith("http_") && !variable.equals("http_host")) {
      String name = variable.substring("http_".length()).replace('_', '-');
      Set<String> texts = new LinkedHashSet<>(List.of("1"));
      texts.addAll(values(variable));
      texts.stream()
          .filter(text -> !text.isBlank())
          .forEach(text -> others.add(with(question, name + ": " + text)));
    }
    return others;
  }

  private Set<String> values(String variable) {
    return values.getOrDefault(variable, Set.of());
  }

  private static String with(String target, String argument) {
    return target + (target.indexOf('?') < 0 ? "?" : "&") + argument;
  }

  private static Question with(Question question, String field) {
    List<String> fields = new ArrayList<>(question.fields());
    fields.add(field);
    return question.withFields(fields);
  }

  /** Other ways to write a path, or what is close to it. */
  static List<String> encoded(String path) {
    int last = path.lastIndexOf('/') + 1;
    List<String> targets = new ArrayList<>(List.of(path + "/", path + "%2Fx"));
    if (path.length() > last) {
      targets.add(
          "%s%%%02X%s"
              .formatted(
                  path.substring(0, last), (int) path.charAt(last), path.substring(last + 1)));
    }
    if (last > 1) {
      targets.add(path.substring(0, last) + "/" + path.substring(last));
    }
    return targets;
  }
}
