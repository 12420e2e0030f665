// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** Whatever pattern a route gives to an exchange: its client gets a reply. */
class EveryClientIsAnsweredTest {
  private static final String ONE_WAY = "- setExchangePattern: { pattern: InOnly }\n";
  private static final String HEAD = " /x HTTP/1.1\r\nHost: a\r\nX-Case: %d\r\n";

  private static final List<String> REQUESTS =
      List.of(
          "GET" + HEAD + "\r\n",
          "POST" + HEAD + "Content-Length: 3\r\n\r\na,b",
          "POST" + HEAD + "Transfer-Encoding: chunked\r\n\r\n3\r\na,b\r\n0\r\n\r\n",
          "POST" + HEAD + "Content-Length: 200000\r\n\r\n" + "x".repeat(200_000),
          "POST"
              + HEAD
              + "Transfer-Encoding: chunked\r\n\r\n30d40\r\n"
              + "x".repeat(200_000)
              + "\r\n0\r\n\r\n");

  private static final String ROUTES =
      """
      - route: { id: sub, from: { uri: direct:sub, steps: [ { to: ONE } ] } }
      - route: { id: queued, from: { uri: seda:sub, steps: [ { to: ONE } ] } }
      - route: { id: loop, from: { uri: direct:loop, steps: [ { loop: { copy: true, constant: 1, steps: [ { to: ONE } ] } } ] } }
      - route:
          id: boom
          from:
            uri: direct:boom
            steps:
              - to: TWO
              - setBody: { simple: "${bean:type:org.synapsegateway.exchange.EveryClientIsAnsweredTest$Boom?method=boom}" }
      - route:
          id: saga
          from:
            uri: direct:saga
            steps:
              - saga: { sagaService: "#class:org.apache.camel.saga.InMemorySagaService", steps: [ { to: ONE } ] }
      """;

  /** A step, and the replies to these requests: the statuses, and the bodies of those with 200. */
  private static final String[][] CASES = {
    {"- to: ONE", "200 one, 200 one, 200 one, 200 one, 200 one"},
    {"- multicast: { steps: [ { to: ONE }, { to: TWO } ] }", "200 two, 200 two, 200 two, 413, 413"},
    {
      "- multicast: { parallelProcessing: true, timeout: 5000, steps: [ { to: ONE } ] }",
      "200 one, 200 one, 200 one, 200 one, 200 one"
    },
    {"- multicast: { steps: [ { to: \"body:read\" } ] }", "200, 200 a,b, 200 a,b, 413, 413"},
    {
      "- multicast: { steps: [ { to: direct:boom }, { to: TWO } ] }", "500, 500, 500, 413, 413",
    },
    {"- recipientList: { constant: direct:sub }", "200 one, 200 one, 200 one, 200 one, 200 one"},
    {"- split: { simple: \"${body}\", steps: [ { to: ONE } ] }", "500, 500, 500, 500, 500"},
    {
      "- to: body:read\n- split: { tokenize: { token: ',' }, steps: [ { to: ONE } ] }\n- to: TWO",
      "200 two, 200 two, 200 two, 413, 413"
    },
    {
      "- loop: { copy: true, constant: 1, steps: [ { to: ONE } ] }",
      "200 one, 200 one, 200 one, 200 one, 200 one"
    },
    {
      "- loop: { copy: true, constant: 2, steps: [ { to: ONE } ] }",
      "200 one, 200 one, 413, 413, 413"
    },
    {
      "- loop: { copy: true, constant: 1, steps: [ { to: direct:boom } ] }",
      "500, 500, 500, 500, 500"
    },
    {"- to: { uri: direct:loop, pattern: InOnly }", "200 one, 200 one, 200 one, 200 one, 200 one"},
    {
      "- loadBalance: { topicLoadBalancer: {}, steps: [ { to: ONE }, { to: TWO } ] }",
      "500, 500, 413, 413, 413"
    },
    {"- wireTap: { uri: ONE }\n- to: TWO", "200 two, 200 two, 200 two, 200 two, 200 two"},
    {
      "- wireTap: { uri: direct:loop }\n- delay: { constant: 20 }\n- to: TWO",
      "200 two, 200 two, 200 two, 200 two, 200 two"
    },
    {
      "- loop: { copy: true, constant: 1, steps: [ { wireTap: { uri: ONE } }, { to: TWO } ] }",
      "200 two, 200 two, 200 two, 200 two, 200 two"
    },
    {"- wireTap: { uri: ONE }", "500, 500, 500, 500, 500"},
    {"- to: { uri: seda:sub, pattern: InOnly }", "500, 500, 500, 500, 500"},
    {
      "- threads: {}\n- enrich: { constant: direct:sub }",
      "200 one, 200 one, 200 one, 200 one, 200 one"
    },
    {"- circuitBreaker: { steps: [ { to: ONE } ] }", "200 one, 200 one, 200 one, 200 one, 200 one"},
    {"- to: direct:saga", "200 one, 200 one, 200 one, 200 one, 200 one"},
    {
      "- aggregate: { correlationExpression: { constant: 1 }, completionSize: 2, aggregationStrategy: \"#class:org.apache.camel.processor.aggregate.UseLatestAggregationStrategy\", steps: [ { to: ONE } ] }",
      "500, 500, 500, 500, 500"
    },
    {"- resequence: { constant: 1, steps: [ { to: ONE } ] }", "500, 500, 500, 500, 500"},
    {
      "- claimCheck: { operation: Push }\n- to: ONE\n- claimCheck: { operation: Pop }",
      "500, 500, 500, 500, 500"
    },
    {"- setBody: { constant: hi }", "200 hi, 200 hi, 200 hi, 200 hi, 200 hi"},
    {"- stop: {}", "500, 500, 500, 500, 500"},
  };

  @TempDir Path directory;

  /** Throws what Camel does not turn into a failed exchange. */
  public static final class Boom {
    @SuppressWarnings("DoNotCallSuggester") // a route calls it
    public static String boom() {
      throw new AssertionError("boom");
    }
  }

  @Test
  void whateverThePatternIs() throws Exception {
    try (ScriptedWorker one = worker("one");
        ScriptedWorker two = worker("two")) {
      Path routes = Files.createDirectories(directory.resolve("routes"));
      Files.writeString(routes.resolve("others.camel.yaml"), workers(ROUTES, one, two));
      Files.writeString(
          routes.resolve("front.camel.yaml"), TestRoutes.front(workers(front(), one, two)));
      List<String> expected = new ArrayList<>();
      List<String> answers = new ArrayList<>();
      try (TestGateway gateway = TestGateway.withRoutes(routes)) {
        for (int number = 0; number < 2 * CASES.length; number++) {
          String steps = steps(number);
          expected.add(steps + ": " + CASES[number / 2][1]);
          answers.add(steps + ": " + answers(gateway, number));
        }
      }
      assertThat(answers).isEqualTo(expected);
    }
  }

  private ScriptedWorker worker(String name) throws IOException {
    return ScriptedWorker.at(
        directory.resolve(name + ".sock"),
        ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + name));
  }

  private static String workers(String text, ScriptedWorker one, ScriptedWorker two) {
    return text.replace("ONE", "\"worker:unix:" + one.path() + "\"")
        .replace("TWO", "\"worker:unix:" + two.path() + "\"");
  }

  /** Each case as it is, and again in an exchange that says that no reply is wanted. */
  private static String front() {
    StringBuilder front = new StringBuilder("- choice:\n    when:\n");
    for (int number = 0; number < 2 * CASES.length; number++) {
      front
          .append("      - simple: \"${header.X-Case} == '%d'\"\n".formatted(number))
          .append("        steps:\n")
          .append(steps(number).indent(10));
    }
    return front.toString();
  }

  private static String steps(int number) {
    return (number % 2 == 0 ? "" : ONE_WAY) + CASES[number / 2][0];
  }

  private static String answers(TestGateway gateway, int number) throws IOException {
    List<String> answers = new ArrayList<>();
    for (String request : REQUESTS) {
      try (RawClient client = gateway.client()) {
        RawMessage reply = client.exchange(request.formatted(number));
        boolean isError = reply.status() >= 400;
        if (isError) {
          assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
          assertThat(reply.content()).startsWith("{\"errcode\":\"M_");
        }
        answers.add((reply.status() + (isError ? "" : " " + reply.content())).strip());
      }
    }
    return String.join(", ", answers);
  }
}
