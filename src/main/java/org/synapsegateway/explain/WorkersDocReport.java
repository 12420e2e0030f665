// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.synapsegateway.config.RoutePlace;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.routing.RouteExpression;
import org.synapsegateway.routing.pattern.RequestLine;

/**
 * Compares the routes with what Synapse documents: what they miss, what they have in excess, and
 * what they send elsewhere than the documentation's heading suggests.
 *
 * <p>The documentation names no methods and prints prefixes, so it is compared by requests: those
 * that our own lines mean and the documented line too, and a few that the documented line means by
 * itself. Where they go is found by a {@link DryRun}.
 */
public final class WorkersDocReport {
  private static final String MAIN = "main";
  private static final Pattern STREAM = Pattern.compile("`([a-z_]+)` stream");

  private record Sample(String request, RequestHead head, String group) {}

  private final DryRun dryRun;
  private final Map<String, Sample> samples = new LinkedHashMap<>();

  /** What a line of the documentation leads to: each group with the number of samples. */
  private final Map<WorkersDoc.Endpoint, Map<String, Integer>> groups = new LinkedHashMap<>();

  private final List<String> unread = new ArrayList<>();
  private final List<String> excess = new ArrayList<>();

  private WorkersDocReport(DryRun dryRun) {
    this.dryRun = dryRun;
  }

  public static String of(WorkersDoc doc, DryRun dryRun) {
    return new WorkersDocReport(dryRun).compare(doc);
  }

  private String compare(WorkersDoc doc) {
    Map<WorkersDoc.Endpoint, RequestLine> documented = new LinkedHashMap<>();
    for (WorkersDoc.Endpoint endpoint : doc.endpoints()) {
      try {
        documented.put(endpoint, RequestLine.of(endpoint.text()).get(0));
      } catch (IllegalArgumentException e) {
        unread.add(endpoint.number() + "  " + endpoint.text() + "  " + e.getMessage());
      }
    }
    for (RouteExpression expression : RouteExpression.all(dryRun.context(), "request")) {
      for (RequestLine line : RequestLine.of(expression.text())) {
        takeOurs(expression, line, documented.values());
      }
    }
    documented.forEach(this::takeDocumented);
    return text();
  }

  private void takeOurs(
      RouteExpression expression, RequestLine line, Collection<RequestLine> documented) {
    List<Sample> ours = line.samples().stream().map(this::sample).toList();
    boolean known =
        ours.stream().anyMatch(s -> documented.stream().anyMatch(d -> d.matches(s.head())));
    Set<String> served =
        ours.stream().map(Sample::group).filter(WorkersDocReport::isWorkers).collect(set());
    if (!known && !served.isEmpty()) {
      excess.add(
          RoutePlace.of(expression, line.number()) + "  " + line.text() + "  " + list(served));
    }
  }

  private void takeDocumented(WorkersDoc.Endpoint endpoint, RequestLine line) {
    List<Sample> ours = samples.values().stream().filter(s -> line.matches(s.head())).toList();
    Map<String, Integer> found = new TreeMap<>();
    ours.forEach(sample -> found.merge(sample.group(), 1, Integer::sum));
    line.samples().forEach(request -> found.merge(sample(request).group(), 0, Integer::sum));
    groups.put(endpoint, found);
  }

  private Sample sample(String request) {
    return samples.computeIfAbsent(
        request,
        text -> {
          try {
            RequestHead head = RequestHead.of(text + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            InetAddress client = InetAddress.getLoopbackAddress();
            return new Sample(text, head, group(dryRun.send(head, client)));
          } catch (HttpException e) {
            throw new IllegalStateException("not a request: " + text, e);
          }
        });
  }

  /**
   * The group of a request; a group that only passes requests on counts as the one that it passes
   * them to.
   */
  private static String group(DryRunResult result) {
    boolean handsOn = result.steps().stream().allMatch(step -> step.balancer() == null);
    return handsOn && !result.attempts().isEmpty()
        ? result.attempts().get(0).route().getRouteId()
        : result.group();
  }

  private static boolean isWorkers(String group) {
    return !group.equals(MAIN) && !group.equals("forbidden");
  }

  // ---- the report

  private String text() {
    TextTable all = new TextTable();
    List<String> missed = new ArrayList<>();
    List<String> elsewhere = new ArrayList<>();
    all.row("line", "documented", "our groups", "under");
    groups.forEach(
        (endpoint, found) -> {
          Set<String> served =
              found.keySet().stream().filter(WorkersDocReport::isWorkers).collect(set());
          String line = endpoint.number() + "  " + endpoint.text();
          all.row(
              Integer.toString(endpoint.number()),
              endpoint.text(),
              served.isEmpty() ? list(found.keySet()) : list(served),
              endpoint.heading());
          String wanted = suggested(endpoint.heading());
          if (served.isEmpty()) {
            missed.add(line + "  " + list(found.keySet()));
          } else if (!served.contains(wanted)) {
            elsewhere.add(line + "  " + list(served) + ", not " + wanted);
          }
        });
    return all
        + section("missed: no worker of ours serves", missed)
        + section("elsewhere: not in the group that serves its heading", elsewhere)
        + section("in excess: ours alone", excess)
        + (unread.isEmpty() ? "" : section("not understood", unread));
  }

  /** The group that a heading names, or else the one that serves most lines under it. */
  private String suggested(String heading) {
    Matcher stream = STREAM.matcher(heading);
    if (stream.find()) {
      String named = stream.group(1).replace('_', '-');
      if (dryRun.context().getRoute(named) != null) {
        return named;
      }
    }
    Map<String, Integer> lines = new TreeMap<>();
    groups.forEach(
        (endpoint, found) -> {
          if (endpoint.heading().equals(heading)) {
            found.keySet().stream()
                .filter(WorkersDocReport::isWorkers)
                .forEach(group -> lines.merge(group, 1, Integer::sum));
          }
        });
    return lines.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(MAIN);
  }

  private static String section(String title, List<String> lines) {
    return "\n"
        + title
        + ": "
        + (lines.isEmpty() ? "none" : lines.size() + "\n  " + String.join("\n  ", lines))
        + "\n";
  }

  private static String list(Collection<String> groups) {
    return String.join(", ", groups);
  }

  private static Collector<String, ?, Set<String>> set() {
    return Collectors.toCollection(LinkedHashSet::new);
  }
}
