// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.AsyncEndpoint;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.EndpointServiceLocation;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.docs.GeneratedPart;

/** Options of all workers, and those of one. */
class WorkerConfigurationTest {
  private final CamelContext context = new DefaultCamelContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  private static void configure(
      CamelContext context, WorkerComponent component, String name, Object value) {
    PropertyConfigurer configurer =
        PluginHelper.getConfigurerResolver(context)
            .resolvePropertyConfigurer("worker-component", context);
    assertThat(configurer.configure(context, component, name, value, true)).isTrue();
  }

  @Test
  void anOptionOfTheComponentIsThatOfEachWorkerWhoseUriHasNoOther() {
    WorkerComponent component = context.getComponent("worker", WorkerComponent.class);
    configure(context, component, "hold", "7s");
    configure(context, component, "bodyMax", "1KiB");
    WorkerEndpoint one = context.getEndpoint("worker:unix:/a", WorkerEndpoint.class);
    WorkerEndpoint two = context.getEndpoint("worker:unix:/b?hold=1s", WorkerEndpoint.class);
    assertThat(one.getHold()).isEqualTo(7_000);
    assertThat(two.getHold()).isEqualTo(1_000);
    assertThat(two.bodyMaxBytes()).isEqualTo(1_024);
    assertThat(component.getConfiguration().getHold()).isEqualTo(7_000);
  }

  @Test
  void theTimeToConnectIsTakenFromTheFirstPlaceThatHasIt() {
    WorkerComponent component = context.getComponent("worker", WorkerComponent.class);
    assertThat(connectTimeout("worker:unix:/a")).isEqualTo(5_000);
    assertThat(connectTimeout("worker:tcp:a:1")).isEqualTo(1_000);
    configure(context, component, "connectTimeout", "7s");
    assertThat(connectTimeout("worker:unix:/b")).isEqualTo(7_000);
    assertThat(connectTimeout("worker:tcp:b:1")).isEqualTo(7_000);
    assertThat(connectTimeout("worker:tcp:c:1?connectTimeout=2s")).isEqualTo(2_000);
  }

  private long connectTimeout(String uri) {
    return context.getEndpoint(uri, WorkerEndpoint.class).getConfiguration().getConnectTimeout();
  }

  @Test
  void aFullBacklogHasTheTimeOfASocketOverANetworkTooUnlessAPlaceSaysOtherwise() {
    assertThat(backlogTimeout("worker:unix:/a")).isEqualTo(5_000);
    assertThat(backlogTimeout("worker:tcp:a:1")).isEqualTo(5_000);
    assertThat(backlogTimeout("worker:tcp:b:1?connectTimeout=2s")).isEqualTo(2_000);
  }

  private long backlogTimeout(String uri) {
    return context.getEndpoint(uri, WorkerEndpoint.class).getConfiguration().backlogTimeout();
  }

  @Test
  void aValueThatMakesNoSenseNamesItsOwner() {
    WorkerConfiguration all = new WorkerConfiguration();
    assertThatThrownBy(() -> all.setWeight(0)).hasMessage("worker has weight=0; the least is 1");
    assertThatThrownBy(() -> all.copy("worker:unix:/a").setWeight(0))
        .hasMessage("worker:unix:/a has weight=0; the least is 1");
  }

  /** Camel makes 0 of each, which is no limit. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          maxInFlight=ten      | maxInFlight = "ten": write a whole number
          queue=               | queue = "": write a whole number
          weight=1.5           | weight = "1.5": write a whole number
          keepalive=1e3        | keepalive = "1e3": write a whole number
          replyTimeout=abc     | replyTimeout = "abc": write a duration with its unit
          hold=                | hold = "": write a duration with its unit
          readTimeout=-1s      | readTimeout = "-1s": write a duration with its unit
          sendTimeout=5 min    | sendTimeout = "5 min": write a duration with its unit
          hold=1s&hold=2s      | hold is in the URI twice; remove one
          """)
  void aValueThatCamelWouldMakeAnotherOfIsRefused(String option, String message) {
    assertThatThrownBy(() -> context.getEndpoint("worker:unix:/a?" + option))
        .rootCause()
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m30s", "90s", "PT1M30S", "90000ms"})
  void aDurationIsReadAsCamelReadsIt(String duration) {
    WorkerEndpoint worker =
        context.getEndpoint("worker:unix:/a?hold=" + duration, WorkerEndpoint.class);
    assertThat(worker.getHold()).isEqualTo(90_000);
  }

  @Test
  void camelKnowsThatItIsAsynchronousAndWhereItGoes() {
    WorkerEndpoint worker = context.getEndpoint("worker:unix:/a", WorkerEndpoint.class);
    assertThat(worker).isInstanceOf(AsyncEndpoint.class);
    EndpointServiceLocation location = worker;
    assertThat(location.getServiceUrl()).isEqualTo("unix:/a");
    assertThat(location.getServiceProtocol()).isEqualTo("http");
  }

  @Test
  void thePageHasEachOptionOfTheCatalogue() throws IOException {
    String catalogue;
    try (InputStream in =
        WorkerComponent.class.getResourceAsStream(
            "/META-INF/org/synapsegateway/worker/worker.json")) {
      catalogue = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    String rows =
        catalogue
            .lines()
            .filter(line -> line.contains("\"kind\": \"parameter\""))
            .filter(line -> !line.contains("lazyStart"))
            .map(WorkerConfigurationTest::row)
            .collect(Collectors.joining());
    GeneratedPart.check(
        "worker-component.md",
        "| name | type | default | description |\n| --- | --- | --- | --- |\n" + rows);
  }

  private static String row(String line) {
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            line.replaceFirst("^ *\"(\\w+)\".*", "$1"),
            value(line, "type"),
            defaultValue(line),
            value(line, "description"));
  }

  private static String defaultValue(String line) {
    String written = value(line, "defaultValue");
    if (!value(line, "type").equals("duration") || written.equals("0")) {
      return written.isEmpty() ? "" : "`" + written + "`";
    }
    return "`" + Long.parseLong(written) / 1_000 + "s`";
  }

  private static String value(String line, String key) {
    Matcher found = Pattern.compile("\"" + key + "\": (?:\"([^\"]*)\"|(\\w+))").matcher(line);
    if (!found.find()) {
      return "";
    }
    return (found.group(1) == null ? found.group(2) : found.group(1)).replace("\\/", "/");
  }
}
