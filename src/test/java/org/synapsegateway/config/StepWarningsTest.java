// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.synapsegateway.LogCapture;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.process.GatewayMain;

/** What a check says of steps that cannot do what they are meant for. */
class StepWarningsTest {
  private static final String WORKER = "- to: worker:unix:/nowhere/a.sock\n";

  @TempDir Path directory;

  private List<Fault> warnings(String top, String steps) throws IOException {
    Files.writeString(directory.resolve("front.camel.yaml"), top + TestRoutes.front(steps));
    try (DryRun dryRun =
        DryRun.start(
            Map.of("camel.main.routesIncludePattern", "file:" + directory + "/*.camel.yaml"))) {
      return StepWarnings.of(dryRun.context(), dryRun.settings()).stream()
          .map(fault -> fault.map(text -> text.replace(directory + "/", "")))
          .toList();
    }
  }

  static Stream<Arguments> doubtful() {
    return Stream.of(
        Arguments.of(
            "- errorHandler: { noErrorHandler: {} }\n"
                + "- onException: { exception: [ java.lang.Exception ], steps: [ { log: x } ] }\n",
            WORKER,
            Code.UNUSED_HANDLER,
            "onException"),
        Arguments.of(
            "- beans: [ { name: last, type: org.apache.camel.processor.aggregate.UseLatestAggregationStrategy } ]\n",
            "- aggregate: { aggregationStrategy: last, correlationExpression: { constant: a }, completionSize: 2, steps: [ { to: \"worker:unix:/a.sock\" } ] }\n",
            Code.NO_REPLY,
            "aggregate"),
        Arguments.of(
            "",
            "- resequence: { expression: { constant: a }, steps: [ { to: \"worker:unix:/a.sock\" } ] }\n",
            Code.NO_REPLY,
            "resequence"),
        Arguments.of(
            "- beans: [ { name: seen, type: org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository } ]\n",
            "- idempotentConsumer: { idempotentRepository: seen, expression: { constant: a }, steps: [ { log: x } ] }\n"
                + WORKER,
            Code.NO_REPLY,
            "idempotentConsumer"),
        Arguments.of(
            "",
            "- pollEnrich: { expression: { constant: \"seda:a\" } }\n" + WORKER,
            Code.ENDLESS_WAIT,
            "pollEnrich"),
        Arguments.of(
            "",
            "- multicast: { steps: [ { to: \"worker:unix:/a.sock\" }, { to: \"worker:unix:/b.sock\" } ] }\n",
            Code.SHARED_BODY,
            "multicast"),
        Arguments.of(
            "- route: { id: a, from: { uri: \"direct:a\", steps: [ { to: \"direct:b\" } ] } }\n"
                + "- route: { id: b, from: { uri: \"direct:b\", steps: [ { to: \"worker:unix:/b.sock\" } ] } }\n",
            "- multicast: { steps: [ { to: \"worker:unix:/a.sock\" }, { to: \"direct:a\" } ] }\n",
            Code.SHARED_BODY,
            "multicast"),
        Arguments.of(
            "",
            "- loadBalance: { topicLoadBalancer: {}, steps: [ { to: \"worker:unix:/a.sock\" } ] }\n",
            Code.NO_REPLY,
            "loadBalance"),
        Arguments.of(
            "",
            "- setExchangePattern: { pattern: InOnly }\n" + WORKER,
            Code.NO_REPLY,
            "setExchangePattern"),
        Arguments.of(
            "- route: { id: asleep, autoStartup: false, from: { uri: \"direct:asleep\", steps: [ { log: x } ] } }\n",
            "- to: direct:asleep\n",
            Code.STOPPED_ROUTE,
            "asleep"),
        Arguments.of(
            "- route: { id: own, from: { uri: \"netty-http:http://127.0.0.1:9464/x\", steps: [ { log: x } ] } }\n",
            WORKER,
            Code.PORT_CONFLICT,
            "own"),
        Arguments.of(
            "- onCompletion: { mode: BeforeConsumer, steps: [ { to: \"file:x?fileName=y\" } ] }\n",
            WORKER,
            Code.BLOCKING_STEP,
            "file:x"),
        Arguments.of(
            "- route: { id: dead, errorHandler: { deadLetterChannel: { deadLetterUri: \"file:x?fileName=y\" } }, from: { uri: \"direct:dead\", steps: [ { log: x } ] } }\n",
            WORKER,
            Code.BLOCKING_STEP,
            "file:x"));
  }

  @ParameterizedTest(name = "{3}")
  @MethodSource("doubtful")
  void aStepThatCannotDoItIsTold(String top, String steps, Code code, String value)
      throws IOException {
    assertThat(warnings(top, steps))
        .extracting(Fault::code, fault -> fault.place().replaceFirst(":\\d+$", ""), Fault::value)
        .containsExactly(tuple(code, "front.camel.yaml", value));
  }

  /** As the table of the page has it, for another route, file or EIP. */
  private static String told(String text) {
    return text.replace("`", "")
        .replaceAll("route (front|asleep|own|dead)\\b", "route ID")
        .replaceAll("direct:asleep", "direct:x")
        .replaceFirst("^resequence ", "aggregate ");
  }

  @ParameterizedTest(name = "{3}")
  @MethodSource("doubtful")
  void thePageHasWhatIsTold(String top, String steps, Code code, String value) throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("docs/extend.md")).stream()
            .filter(row -> row.startsWith("| "))
            .map(row -> row.split(" \\| ", -1)[1].replaceFirst(" \\|$", ""))
            .map(StepWarningsTest::told)
            .toList();
    assertThat(warnings(top, steps))
        .allSatisfy(fault -> assertThat(rows).contains(told(fault.text())));
  }

  @Test
  void theLogOfTheStartTellsToo() throws IOException {
    try (LogCapture log = LogCapture.of(GatewayMain.class);
        TestGateway gateway =
            TestGateway.withSteps(
                directory, "- setExchangePattern: { pattern: InOnly }\n" + WORKER)) {
      assertThat(gateway.port()).isPositive();
      assertThat(log.messages()).singleElement().asString().endsWith(" [no-reply]");
    }
  }

  static Stream<Arguments> good() {
    return Stream.of(
        Arguments.of(
            "- onException: { exception: [ java.lang.Exception ], steps: [ { log: x } ] }\n",
            WORKER),
        Arguments.of(
            "",
            "- pollEnrich: { timeout: \"100\", expression: { constant: \"seda:a\" } }\n" + WORKER),
        Arguments.of("", "- circuitBreaker: { steps: [ { to: \"worker:unix:/a.sock\" } ] }\n"),
        Arguments.of("", "- throttle: { expression: { constant: 1 } }\n" + WORKER),
        Arguments.of(
            "", "- resequence: { expression: { constant: a }, steps: [ { log: x } ] }\n" + WORKER),
        Arguments.of(
            "- route: { id: tap, from: { uri: \"direct:tap\", steps: [ { resequence: { expression: { constant: a }, steps: [ { log: x } ] } } ] } }\n",
            "- wireTap: { uri: direct:tap }\n" + WORKER),
        Arguments.of(
            "",
            "- to: body:read\n"
                + "- multicast: { steps: [ { to: \"worker:unix:/a.sock\" }, { to: \"worker:unix:/b.sock\" } ] }\n"),
        Arguments.of(
            "- route: { id: note, from: { uri: \"direct:note\", steps: [ { log: x } ] } }\n",
            WORKER + "- multicast: { steps: [ { to: direct:note }, { to: direct:note } ] }\n"),
        Arguments.of("", "- wireTap: { uri: \"worker:unix:/b.sock\" }\n" + WORKER),
        Arguments.of(
            "",
            "- doTry:\n    steps: [ { throttle: { expression: { constant: 1 }, rejectExecution: \"true\" } } ]\n"
                + "    doCatch: [ { exception: [ java.lang.Exception ], steps: [ { setBody: { constant: x } }, { stop: {} } ] } ]\n"
                + WORKER));
  }

  @ParameterizedTest
  @MethodSource("good")
  void aStepThatDoesItIsNotTold(String top, String steps) throws IOException {
    assertThat(warnings(top, steps)).isEmpty();
  }

  @Test
  void theShippedRoutesAreGood() {
    try (DryRun dryRun = DryRun.start()) {
      assertThat(StepWarnings.of(dryRun.context(), dryRun.settings())).isEmpty();
    }
    assertThat(RouteDirectories.ignored(Path.of("routes"))).isEmpty();
  }

  @Test
  void aFileThatIsNotLoadedIsTold() throws IOException {
    Files.writeString(directory.resolve("own.yaml"), "- route: {}\n");
    Files.writeString(directory.resolve("own.camel.yaml"), "- route: {}\n");
    assertThat(RouteDirectories.ignored(directory))
        .extracting(Fault::code, Fault::place)
        .containsExactly(tuple(Code.IGNORED_FILE, directory.resolve("own.yaml").toString()));
  }
}
