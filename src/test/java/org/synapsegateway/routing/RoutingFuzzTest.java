// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

/** Questions and paths that mean harm. */
class RoutingFuzzTest {
  // ---- questions about the head

  @Test
  void anyQuestionOfALanguageIsReadOrRefused() {
    Mutation questions =
        new Mutation(
            List.of("since", "full_state=true", "User-Agent", "X-Bridge: irc"),
            List.of("=", ":", "&", "#", "?", " ", "\0", "\n", "\377", "\u0130"));
    CamelContext context = new DefaultCamelContext();
    Fuzz.check(
        10_000,
        in -> {
          String question = in.text(questions::make);
          HeadLanguage language = in.oneIn(2) ? new QueryLanguage() : new FieldLanguage();
          language.setCamelContext(context);
          try {
            assertThat(language.parse(question)).hasToString(question(language, question));
          } catch (BadExpressionException e) {
            assertThat(e).hasMessageContaining("\"" + question + "\"");
          }
        });
  }

  private static String question(HeadLanguage language, String text) {
    return (language instanceof QueryLanguage ? "query{" : "field{") + text + "}";
  }

  // ---- private paths

  private static final List<UnaryOperator<String>> REWRITES =
      List.of(
          path -> path.replace('\\', '/'),
          path -> path.replaceAll("/+", "/"),
          path -> path.replaceAll(";[^/]*", ""),
          RoutingFuzzTest::resolved);

  /** A path as it came to be after so many decodings. */
  private record Reading(String path, int decodings) {}

  private static String disguised(Random random) {
    return Mutation.pieces(
        random,
        7,
        "/",
        "/",
        "_synapse",
        "_synapse",
        "_SYNAPSE",
        "%5Fsynapse",
        "_synaps%65",
        "%255Fsynapse",
        "client",
        "clien%74",
        "admin",
        "replication",
        "_matrix",
        "..",
        ".",
        "%2e",
        ".%2E",
        "%2F",
        "%252F",
        "\\",
        "%5c",
        ";",
        ";a=b",
        "%3B",
        "//",
        "x",
        "%",
        "%25");
  }

  @Test
  void aPathThatCanBeReadAsPrivateInAnyOrderOfRewritesIsPrivate() {
    PrivatePaths paths = new PrivatePaths();
    Fuzz.check(
        20_000,
        in -> {
          String path = "/" + in.text(RoutingFuzzTest::disguised);
          if (isPrivate(path)) {
            assertThat(paths.refuses(Samples.request("GET", path))).isTrue();
          }
        });
  }

  @Test
  void anyTargetIsRefusedOrNotAndNothingElse() {
    PrivatePaths paths = new PrivatePaths();
    Mutation targets =
        new Mutation(
            List.of("/_matrix/client/v3/sync", "/_synapse/admin/v1/x", "/_synapse/client/pick_idp"),
            List.of("%", "%2", "%25", "/", "..", "\\", ";", "%2525252525", "_synapse", "\377"));
    Fuzz.check(
        10_000,
        in -> {
          String target = in.text(targets::make);
          RequestHead head;
          try {
            head = RequestHead.of("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
          } catch (HttpException e) {
            return;
          }
          boolean refused = paths.refuses(Samples.request(head, "203.0.113.7"));
          assertThat(refused || !isPrivate(head.path())).isTrue();
        });
  }

  /** Whether any rewrites, in any order, lead to a path under /_synapse that is not for all. */
  private static boolean isPrivate(String path) {
    Set<Reading> seen = new HashSet<>();
    Deque<Reading> todo = new ArrayDeque<>();
    todo.add(new Reading(path, 0));
    while (!todo.isEmpty() && seen.size() < 500) {
      Reading reading = todo.remove();
      if (!seen.add(reading)) {
        continue;
      }
      String[] segments = (reading.path() + "//").split("/", -1);
      if (segments[1].equalsIgnoreCase("_synapse") && !segments[2].equals("client")) {
        return true;
      }
      for (UnaryOperator<String> rewrite : REWRITES) {
        todo.add(new Reading(rewrite.apply(reading.path()), reading.decodings()));
      }
      if (reading.decodings() < 4) {
        todo.add(new Reading(decoded(reading.path(), ""), reading.decodings() + 1));
        // Twisted parts a path at its slashes before it decodes the parts
        todo.add(new Reading(decoded(reading.path(), "/\\"), reading.decodings() + 1));
      }
    }
    return false;
  }

  private static String decoded(String path, String kept) {
    return Pattern.compile("%([0-9a-fA-F]{2})")
        .matcher(path)
        .replaceAll(
            escape -> {
              char c = (char) Integer.parseInt(escape.group(1), 16);
              return java.util.regex.Matcher.quoteReplacement(
                  kept.indexOf(c) >= 0 ? escape.group() : String.valueOf(c));
            });
  }

  private static String resolved(String path) {
    Deque<String> segments = new ArrayDeque<>();
    String[] parts = path.split("/", -1);
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].equals("..")) {
        segments.pollLast();
      } else if (!parts[i].equals(".")) {
        segments.add(parts[i]);
      }
    }
    return "/" + String.join("/", segments);
  }
}
