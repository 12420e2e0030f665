// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** Whatever Camel can load stands beside the gateway's routes, in whichever form it is written. */
class EverythingCamelLoadsTest {
  @TempDir Path directory;
  private Path routes;
  private ScriptedWorker worker;

  @BeforeEach
  void startWorker() throws IOException {
    routes = Files.createDirectory(directory.resolve("routes"));
    worker =
        ScriptedWorker.at(
            directory.resolve("one.sock"),
            ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"));
  }

  @AfterEach
  void stopWorker() throws Exception {
    worker.close();
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(routes.resolve(file), text);
  }

  private void front(String steps) throws IOException {
    write("front.camel.yaml", TestRoutes.front(steps));
  }

  private String toWorker() {
    return "- to: worker:unix:" + directory.resolve("one.sock") + "\n";
  }

  private static String ask(TestGateway gateway, String target) throws IOException {
    try (RawClient client = gateway.client()) {
      client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
      return client.readReply().content();
    }
  }

  /** Says yes to what asks for it. */
  public static final class Chooser {
    public boolean isChosen(Exchange exchange) {
      return exchange != null;
    }
  }

  @Test
  void aMethodDecides() throws Exception {
    front(
        """
        - choice:
            when:
              - expression:
                  method: { ref: chooser, method: isChosen }
                steps:
                  %s
            otherwise:
              steps: [ { setBody: { constant: other } } ]
        """
            .formatted(toWorker().trim()));
    write(
        "beans.camel.yaml",
        """
        - beans:
            - name: chooser
              type: org.synapsegateway.EverythingCamelLoadsTest$Chooser
        """);
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(ask(gateway, "/")).isEqualTo("one");
    }
  }

  @Test
  void aTemplateMakesGroups() throws Exception {
    front("- to: direct:typing\n");
    write(
        "template.camel.yaml",
        """
        - routeTemplate:
            id: group
            parameters:
              - name: group
              - name: socket
                defaultValue: one
            from:
              uri: direct:{{group}}
              steps:
                - choice:
                    when:
                      - expression: { language: { language: request, expression: "GET ^/{{group}}" } }
                        steps:
                          - to: worker:unix:%s/{{socket}}.sock
                    otherwise:
                      steps: [ { setBody: { constant: other } } ]
        """
            .formatted(directory));
    write(
        "typing.camel.yaml",
        """
        - templatedRoute:
            routeId: typing
            routeTemplateRef: group
            parameters:
              - name: group
                value: typing
        """);
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(ask(gateway, "/typing")).isEqualTo("one");
      assertThat(ask(gateway, "/")).isEqualTo("other");
    }
  }

  @Test
  void restSendsToARouteOfTheFrontDoors() throws Exception {
    front("- to: direct:hello\n");
    write(
        "hello.camel.yaml",
        """
        - route:
            id: hello
            from:
              uri: direct:hello
              steps: [ { setBody: { constant: hello } } ]
        """);
    int port = freePort();
    write(
        "rest.camel.yaml",
        """
        - restConfiguration:
            component: netty-http
            host: 127.0.0.1
            port: %d
        - rest:
            path: /api
            get:
              - path: /hello
                to: direct:hello
        """
            .formatted(port));
    try (TestGateway gateway = TestGateway.withRoutes(routes);
        RawClient client = RawClient.connect(port)) {
      assertThat(ask(gateway, "/")).isEqualTo("hello");
      client.send("GET /api/hello HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readReply().content()).isEqualTo("hello");
    }
  }

  @Test
  void kameletsAreSteps() throws Exception {
    front("- to: kamelet:greet?name=you\n");
    write(
        "greet.camel.yaml",
        """
        - routeTemplate:
            id: greet
            parameters:
              - name: name
            from:
              uri: kamelet:source
              steps: [ { setBody: { constant: "hello {{name}}" } } ]
        """);
    try (TestGateway gateway = TestGateway.withRoutes(routes)) {
      assertThat(ask(gateway, "/")).isEqualTo("hello you");
    }
  }

  @Test
  void xmlAndJavaStandBesideYaml() throws Exception {
    front(
        """
        - to: direct:xml
        - to: direct:java
        """);
    write(
        "group.xml",
        """
        <routes>
          <route id="xml"><from uri="direct:xml"/><setBody><constant>xml</constant></setBody></route>
        </routes>
        """);
    write(
        "Group.java",
        """
        import org.apache.camel.builder.RouteBuilder;
        public class Group extends RouteBuilder {
          public void configure() {
            from("direct:java").routeId("java").setBody(simple("${body} and java"));
          }
        }
        """);
    String pattern = "file:%1$s/*.camel.yaml,file:%1$s/*.xml,file:%1$s/*.java".formatted(routes);
    try (TestGateway gateway =
        TestGateway.withRoutes(routes, "camel.main.routesIncludePattern", pattern)) {
      assertThat(ask(gateway, "/")).isEqualTo("xml and java");
    }
  }

  private static String ticking(String name) {
    return """
        - route:
            id: %1$s
            from:
              uri: timer:%1$s?period=20&delay=0
              steps:
                - bean: { beanType: org.synapsegateway.EverythingCamelLoadsTest$Ticks, method: "tick(%1$s)" }
        """
        .formatted(name);
  }

  /** Counts what happens. */
  public static final class Ticks {
    private static final Map<String, AtomicInteger> COUNTS = new ConcurrentHashMap<>();

    public static void tick(String name) {
      COUNTS.computeIfAbsent(name, key -> new AtomicInteger()).incrementAndGet();
    }

    static int of(String name) {
      return COUNTS.getOrDefault(name, new AtomicInteger()).get();
    }
  }

  private String listening(int port, String says) {
    return """
        - route:
            id: other
            from:
              uri: netty-http:http://127.0.0.1:%d/
              steps: [ { setBody: { constant: %s } } ]
        """
        .formatted(port, says);
  }

  private static String askOn(int port) throws IOException {
    try (RawClient client = RawClient.connect(port)) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      return client.readReply().content();
    }
  }

  @Test
  void aConsumerRunsInOneGeneration() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    front("- to: worker:unix:" + directory.resolve("slow.sock") + "\n");
    write("tick.camel.yaml", ticking("before"));
    int port = freePort();
    write("other.camel.yaml", listening(port, "before"));
    try (ScriptedWorker slow =
            ScriptedWorker.at(
                directory.resolve("slow.sock"),
                connection -> {
                  connection.nextRequest();
                  connection.await(mayAnswer);
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
                });
        TestGateway gateway = TestGateway.withRoutes(routes);
        RawClient poll = gateway.client()) {
      poll.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      slow.awaitRequest(0);
      await().until(() -> Ticks.of("before") > 2);
      assertThat(askOn(port)).isEqualTo("before");
      write("tick.camel.yaml", ticking("after"));
      write("other.camel.yaml", listening(port, "after"));
      gateway.main().reload();
      int last = Ticks.of("before");
      await().until(() -> Ticks.of("after") > 2);
      assertThat(askOn(port)).isEqualTo("after");
      assertThat(gateway.main().generations()).isEqualTo(2);
      assertThat(Ticks.of("before")).isLessThanOrEqualTo(last + 1);
      mayAnswer.countDown();
      assertThat(poll.readReply().content()).isEqualTo("slow");
    }
  }

  @Test
  void aPortThatIsTakenLeavesTheConsumersAsTheyWere() throws Exception {
    front(toWorker());
    int port = freePort();
    write("other.camel.yaml", listening(port, "before"));
    try (TestGateway gateway = TestGateway.withRoutes(routes);
        ServerSocket taken = new ServerSocket(0)) {
      write("other.camel.yaml", listening(taken.getLocalPort(), "after"));
      gateway.main().reload();
      assertThat(askOn(port)).isEqualTo("before");
      assertThat(gateway.metrics()).contains("gateway_reloads_total{outcome=\"refused\"} 1.0");
      write("other.camel.yaml", listening(port, "after"));
      gateway.main().reload();
      assertThat(askOn(port)).isEqualTo("after");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }
}
