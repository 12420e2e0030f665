// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.synapsegateway.http.Failure;
import org.synapsegateway.request.Timeout;

/** The dashboard and the alert rules in config/ ask for meters that there are, by their tags. */
class ShippedQueriesTest {
  private static final Path DASHBOARD = Path.of("config/grafana-dashboard.json");
  private static final Path ALERTS = Path.of("config/prometheus-alerts.yaml");
  private static final Path RUNBOOK = Path.of("docs/troubleshooting.md");

  /** A meter's name, and what is asked of its labels. */
  private static final Pattern METER = Pattern.compile("\\b(gateway_[a-z_]+)(?:\\{([^}]*)})?");

  private static final Pattern LABEL = Pattern.compile("(\\w+)(=~|!~|=|!=)\"([^\"]*)\"");
  private static final Pattern BY = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)");

  /** What Prometheus adds. */
  private static final Set<String> OTHER_LABELS = Set.of("job", "instance", "le");

  /** What tags that are enums may be. */
  private static final Map<String, List<String>> VALUES =
      Map.of(
          "outcome",
              Stream.concat(
                      Stream.of("loaded", "refused"),
                      IntStream.range(0, Outcome.COUNT).mapToObj(Outcome::tag))
                  .toList(),
          "reason", Arrays.stream(Failure.values()).map(Failure::tag).toList(),
          "waited_for", Arrays.stream(Timeout.values()).map(Timeout::tag).toList());

  /** All meters by the names that Prometheus knows, those of histograms' parts included. */
  private static Map<String, Meter> known() {
    Map<String, Meter> known = new TreeMap<>();
    for (Meter meter : Meter.values()) {
      String name = meter.prometheusName();
      switch (meter.kind()) {
        case COUNTER, GAUGE -> known.put(name, meter);
        case HISTOGRAM ->
            Stream.of("_bucket", "_count", "_sum").forEach(part -> known.put(name + part, meter));
        case SUMMARY -> Stream.of("_count", "_sum").forEach(part -> known.put(name + part, meter));
      }
    }
    return known;
  }

  private static List<String> ofDashboard() throws IOException {
    JsonNode root = new ObjectMapper().readTree(DASHBOARD.toFile());
    List<String> queries = new ArrayList<>(root.findValuesAsText("expr"));
    queries.addAll(root.path("templating").findValuesAsText("definition"));
    return queries;
  }

  /** Returns the meters that a query asks for. */
  private static Set<Meter> check(String query) {
    Set<Meter> asked = new TreeSet<>();
    Set<String> tags = new TreeSet<>(OTHER_LABELS);
    for (MatchResult found : METER.matcher(query).results().toList()) {
      assertThat(known()).as(query).containsKey(found.group(1));
      Meter meter = known().get(found.group(1));
      asked.add(meter);
      tags.addAll(meter.tags());
      String labels = found.group(2) == null ? "" : found.group(2);
      LABEL.matcher(labels).results().forEach(label -> check(query, meter, label));
    }
    BY.matcher(query)
        .results()
        .filter(by -> !asked.isEmpty())
        .forEach(by -> assertThat(tags).as(query).contains(by.group(1).split(", ")));
    return asked;
  }

  private static void check(String query, Meter meter, MatchResult label) {
    if (!OTHER_LABELS.contains(label.group(1))) {
      assertThat(meter.tags()).as(query).contains(label.group(1));
    }
    if (VALUES.containsKey(label.group(1))) {
      for (String value : label.group(3).split("\\|", -1)) {
        assertThat(VALUES.get(label.group(1))).as(query).anyMatch(tag -> tag.matches(value));
      }
    }
  }

  @Test
  void theDashboardAsksForAllMetersAndNoOther() throws IOException {
    Set<Meter> asked = new TreeSet<>();
    ofDashboard().forEach(query -> asked.addAll(check(query)));
    assertThat(asked).containsExactly(Meter.values());
  }

  @Test
  void theAlertsAskForMetersThatThereAre() throws IOException {
    assertThat(
            check(
                Files.readString(ALERTS)
                    .replaceAll("(?m)^ *(#|summary|description|runbook).*$", "")))
        .isNotEmpty();
  }

  @Test
  void eachAlertHasASectionOfTheRunbookAndLinksIt() throws IOException {
    String alerts = Files.readString(ALERTS);
    List<String> names = all("(?m)^ +- alert: (\\w+)$", alerts);
    String runbook = Files.readString(RUNBOOK);
    String sections = runbook.substring(runbook.indexOf("\n## Alerts\n"));
    assertThat(all("(?m)^### (.+)$", sections)).containsExactlyElementsOf(names);
    assertThat(all("(?m)^ +runbook: \"docs/troubleshooting.md#(\\w+)\"$", alerts))
        .containsExactlyElementsOf(
            names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
    for (String part : List.of("Means", "Look at", "Do")) {
      assertThat(all("(?m)^- (" + part + "): .+$", sections)).hasSameSizeAs(names);
    }
  }

  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }
}
