// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.loadbalance.ConsistentHash;

/**
 * Counts where the requests of an access log would go.
 *
 * <p>Takes memory for groups, workers and a bounded number of shapes of paths, however long the log
 * is. Prints its progress on standard error. Confined to one thread.
 */
public final class Traffic {
  private static final String MAIN = "main";

  /** The number of shapes of paths that are counted; later shapes are counted together. */
  private static final int MAX_SHAPES = 1000;

  private static final String OTHER_SHAPES = "others";
  private static final int SHOWN_SHAPES = 10;

  /** What names a thing of a user's in a path: a sigil, a server's colon, an escape, a number. */
  private static final Pattern NAME =
      Pattern.compile("[!@#$+~].*|.*[%:].*|.*\\d{3,}.*|.*[^!-~].*|.{33,}");

  /** Requests that this thread reads and another routes; more would only take memory. */
  private static final int MAX_UNDER_WAY = 1024;

  private static final int SHAPE_SEGMENTS = 6;
  private static final long LINES_BETWEEN_LOOKS = 1024;
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(3);

  /**
   * What a log holds and where it would go.
   *
   * @param unreadable lines without a request
   * @param firstUnreadable the number of the first of them, from 1; 0 if there is none
   * @param unaddressed requests whose client's address is not to be seen
   * @param firstUnaddressed the number of the first line of them, from 1; 0 if there is none
   * @param refused requests that are no valid HTTP or not served, by what is answered
   * @param toMain requests that the main process gets, by the group that would serve them
   * @param unnamed the most frequent shapes of requests that no line of the routes names
   */
  public record Summary(
      long lines,
      long requests,
      long unreadable,
      long firstUnreadable,
      long unaddressed,
      long firstUnaddressed,
      Map<String, Long> refused,
      List<Group> groups,
      List<Share> workers,
      Map<String, Long> toMain,
      Map<String, Long> unnamed) {}

  /** A group, and the workers that serve its requests. */
  record Group(String name, @Nullable String by, long requests, List<Share> to) {}

  /**
   * @param worker a worker, or what the gateway itself answers
   * @param standsIn the other group whose worker it is; null if it is of the group itself
   */
  record Share(String worker, @Nullable String standsIn, long requests) {}

  /** Workers by their names, and then what the gateway itself answers. */
  private static final Comparator<Share> WORKERS_FIRST =
      Comparator.comparing((Share share) -> !share.worker.matches("unix:.*|\\S+:\\d+"))
          .thenComparing(Share::worker);

  private record Destination(
      String group, @Nullable String by, String worker, @Nullable String standsIn) {}

  private final Deque<CompletableFuture<DryRunResult>> underWay = new ArrayDeque<>();
  private final Map<Destination, Long> destinations = new LinkedHashMap<>();
  private final Map<String, Long> refused = new TreeMap<>();
  private final Map<String, Long> unnamed = new LinkedHashMap<>();
  private long lines;
  private long requests;
  private long unreadable;
  private long firstUnreadable;
  private long unaddressed;
  private long firstUnaddressed;
  private long told = System.nanoTime();

  private Traffic() {}

  /** Reads a log to its end. */
  public static Summary of(LoggedRequests log, DryRun dryRun) throws IOException {
    Traffic traffic = new Traffic();
    for (String line = log.next(); line != null; line = log.next()) {
      traffic.read(line, dryRun);
      traffic.countUntilFew(MAX_UNDER_WAY);
      traffic.tell(log);
    }
    traffic.countUntilFew(0);
    return traffic.summary();
  }

  private void read(String line, DryRun dryRun) {
    lines++;
    try {
      LogLine.Entry entry = LogLine.parse(line);
      if (entry == null) {
        firstUnreadable = ++unreadable == 1 ? lines : firstUnreadable;
      } else {
        requests++;
        if (!entry.hasClient()) {
          firstUnaddressed = ++unaddressed == 1 ? lines : firstUnaddressed;
        }
        underWay.add(dryRun.sendToFirst(entry.head(), entry.client()));
      }
    } catch (HttpException e) {
      refused.merge(e.failure().status() + " " + e.failure().error(), 1L, Long::sum);
    }
  }

  private void countUntilFew(int few) {
    while (underWay.size() > few) {
      count(DryRun.ended(underWay.remove()));
    }
  }

  private void count(DryRunResult result) {
    Destination to = destination(result);
    destinations.merge(to, 1L, Long::sum);
    if (MAIN.equals(to.group)) {
      String shape = shape(result.request().method(), result.request().path());
      boolean known = unnamed.size() < MAX_SHAPES || unnamed.containsKey(shape);
      unnamed.merge(known ? shape : OTHER_SHAPES, 1L, Long::sum);
    }
  }

  private static Destination destination(DryRunResult result) {
    String group = result.group();
    String own = result.ownRoute();
    String by =
        result.steps().stream()
            .filter(step -> step.route().getRouteId().equals(own))
            .flatMap(step -> Stream.ofNullable(step.balancer()))
            .map(ConsistentHash::getKey)
            .findFirst()
            .orElse(null);
    if (result.attempts().isEmpty()) {
      return new Destination(group, by, answer(result), null);
    }
    DryRunResult.Attempt first = result.attempts().get(0);
    String route = first.route().getRouteId();
    return new Destination(group, by, first.server(), route.equals(own) ? null : route);
  }

  /** Without what a route said when it failed, which may be something else each time. */
  private static String answer(DryRunResult result) {
    return Explanation.answer(result).toString().replaceFirst("(?s)(: a route failed): .*", "$1");
  }

  /** The method and path, with a star for each segment that may name a user's own thing. */
  static String shape(String method, String path) {
    String[] segments = path.split("/", SHAPE_SEGMENTS + 2);
    for (int i = 0; i < segments.length; i++) {
      segments[i] = i > SHAPE_SEGMENTS ? ".." : NAME.matcher(segments[i]).replaceFirst("*");
    }
    return method + " " + String.join("/", segments);
  }

  private void tell(LoggedRequests log) throws IOException {
    if (lines % LINES_BETWEEN_LOOKS == 0 && System.nanoTime() - told > PAUSE) {
      told = System.nanoTime();
      int percent = log.percent();
      System.err.printf("%,d lines%s%n", lines, percent < 0 ? "" : ", " + percent + " %");
    }
  }

  // ---- the summary

  private Summary summary() {
    Map<String, Long> toMain = new TreeMap<>();
    destinations.forEach(
        (to, count) -> {
          if (MAIN.equals(to.standsIn) || MAIN.equals(to.group)) {
            toMain.merge(to.group, count, Long::sum);
          }
        });
    return new Summary(
        lines,
        requests,
        unreadable,
        firstUnreadable,
        unaddressed,
        firstUnaddressed,
        refused,
        groups(),
        workers(),
        mostFirst(toMain, toMain.size()),
        mostFirst(unnamed, SHOWN_SHAPES));
  }

  private List<Group> groups() {
    Map<String, List<Map.Entry<Destination, Long>>> byGroup =
        destinations.entrySet().stream().collect(Collectors.groupingBy(to -> to.getKey().group));
    List<Group> groups = new ArrayList<>();
    byGroup.forEach(
        (name, members) -> {
          List<Share> shares =
              members.stream()
                  .map(to -> new Share(to.getKey().worker, to.getKey().standsIn, to.getValue()))
                  .sorted(WORKERS_FIRST)
                  .toList();
          long sum = shares.stream().mapToLong(Share::requests).sum();
          groups.add(new Group(name, members.get(0).getKey().by, sum, shares));
        });
    groups.sort(Comparator.comparingLong(Group::requests).reversed().thenComparing(Group::name));
    return groups;
  }

  private List<Share> workers() {
    Map<String, Long> byWorker = new TreeMap<>();
    destinations.forEach((to, count) -> byWorker.merge(to.worker, count, Long::sum));
    return byWorker.entrySet().stream()
        .map(worker -> new Share(worker.getKey(), null, worker.getValue()))
        .sorted(WORKERS_FIRST)
        .toList();
  }

  private static Map<String, Long> mostFirst(Map<String, Long> counts, int most) {
    Map<String, Long> sorted = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(most)
        .forEach(count -> sorted.put(count.getKey(), count.getValue()));
    return sorted;
  }
}
