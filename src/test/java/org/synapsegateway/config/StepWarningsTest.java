package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.synapsegateway.explain.Rehearsal;
import org.synapsegateway.process.GatewayMain;

/** What a check says of steps that cannot do what they are meant for. */
class StepWarningsTest {
  private static final String WORKER = "- to: worker:unix:/nowhere/a.sock\n";

  @TempDir Path directory;

  private List<String> warnings(String top, String steps) throws IOException {
    Files.writeString(
        directory.resolve("front.camel.yaml"),
        top
            + """
            - route:
                id: front
                from:
                  uri: netty-http:http://{{gateway.host}}:{{gateway.port}}
                  parameters:
                    nettySharedHttpServer: "#frontDoor"
                    usingExecutorService: false
                  steps:
            """
            + steps.indent(8));
    try (Rehearsal rehearsal =
        Rehearsal.start(
            Map.of("camel.main.routesIncludePattern", "file:" + directory + "/*.camel.yaml"))) {
      return StepWarnings.of(rehearsal.context(), rehearsal.settings()).stream()
          .map(line -> line.replace(directory + "/", ""))
          .toList();
    }
  }

  static Stream<Arguments> doubtful() {
    return Stream.of(
        Arguments.of(
            "- errorHandler: { noErrorHandler: {} }\n"
                + "- onException: { exception: [ java.lang.Exception ], steps: [ { log: x } ] }\n",
            WORKER,
            ": onException is never asked"),
        Arguments.of(
            "- beans: [ { name: last, type: org.apache.camel.processor.aggregate.UseLatestAggregationStrategy } ]\n",
            "- aggregate: { aggregationStrategy: last, correlationExpression: { constant: a }, completionSize: 2, steps: [ { log: x } ] }\n"
                + WORKER,
            ": aggregate answers nobody"),
        Arguments.of(
            "",
            "- resequence: { expression: { constant: a }, steps: [ { log: x } ] }\n" + WORKER,
            "resequence answers nobody"),
        Arguments.of(
            "- beans: [ { name: seen, type: org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository } ]\n",
            "- idempotentConsumer: { idempotentRepository: seen, expression: { constant: a }, steps: [ { log: x } ] }\n"
                + WORKER,
            "idempotentConsumer leaves a duplicate without a reply"),
        Arguments.of(
            "",
            "- pollEnrich: { expression: { constant: \"seda:a\" } }\n" + WORKER,
            "pollEnrich without a timeout"),
        Arguments.of(
            "",
            "- multicast: { steps: [ { to: \"worker:unix:/a.sock\" }, { to: \"worker:unix:/b.sock\" } ] }\n",
            "multicast sends a request to several workers"),
        Arguments.of(
            "",
            "- setExchangePattern: { pattern: InOnly }\n" + WORKER,
            "setExchangePattern InOnly says that no reply is wanted"),
        Arguments.of(
            "- route: { id: asleep, autoStartup: false, from: { uri: \"direct:asleep\", steps: [ { log: x } ] } }\n",
            "- to: direct:asleep\n",
            "front.camel.yaml:1: route asleep has autoStartup: false"),
        Arguments.of(
            "- route: { id: own, from: { uri: \"netty-http:http://127.0.0.1:9464/x\", steps: [ { log: x } ] } }\n",
            WORKER,
            "route own listens on the management port"),
        Arguments.of(
            "- route: { id: dead, errorHandler: { deadLetterChannel: { deadLetterUri: \"file:x?fileName=y\" } }, from: { uri: \"direct:dead\", steps: [ { log: x } ] } }\n",
            WORKER,
            "the deadLetterUri file:x blocks the event loop"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("doubtful")
  void aStepThatCannotDoItIsTold(String top, String steps, String told) throws IOException {
    assertThat(warnings(top, steps)).singleElement().asString().contains(told);
  }

  /** What stands in the table of the page, for another route, file or EIP. */
  private static String told(String line) {
    return line.replaceFirst("^[^ ]+: ", "")
        .replace("`", "")
        .replaceAll("route (front|asleep|own|dead)\\b", "route ID")
        .replaceAll("direct:asleep", "direct:x")
        .replaceFirst("^resequence ", "aggregate ");
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("doubtful")
  void thePageHasWhatIsTold(String top, String steps, String told) throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("docs/extend.md")).stream()
            .filter(line -> line.startsWith("| "))
            .map(line -> line.split(" \\| ", -1)[1].replaceFirst(" \\|$", ""))
            .map(StepWarningsTest::told)
            .toList();
    assertThat(warnings(top, steps)).allSatisfy(line -> assertThat(rows).contains(told(line)));
  }

  @Test
  void theLogOfTheStartTellsToo() throws IOException {
    try (LogCapture log = LogCapture.of(GatewayMain.class);
        TestGateway gateway =
            TestGateway.withSteps(
                directory, "- setExchangePattern: { pattern: InOnly }\n" + WORKER)) {
      assertThat(gateway.port()).isPositive();
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("setExchangePattern InOnly says that no reply is wanted");
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
    try (Rehearsal rehearsal = Rehearsal.start()) {
      assertThat(StepWarnings.of(rehearsal.context(), rehearsal.settings())).isEmpty();
    }
    assertThat(RouteDirectories.ignored(Path.of("routes"))).isEmpty();
  }

  @Test
  void aFileThatIsNotLoadedIsTold() throws IOException {
    Files.writeString(directory.resolve("own.yaml"), "- route: {}\n");
    Files.writeString(directory.resolve("own.camel.yaml"), "- route: {}\n");
    assertThat(RouteDirectories.ignored(directory))
        .containsExactly(
            directory.resolve("own.yaml")
                + ": is not loaded; name it *.camel.yaml if it holds routes");
  }
}
