// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import com.dynatrace.hash4j.distinctcount.UltraLogLog;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.metrics.LoopCounters.Sum;
import org.synapsegateway.net.Loop;
import org.synapsegateway.request.Destination;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.RequestRecord;
import org.synapsegateway.request.Trace;

/**
 * Counts requests by outcome and destination: each event loop in its own counters, which a reader
 * adds up. Safe for any thread.
 */
public final class RequestCounters implements Trace.Observer {
  private final Destinations destinations;

  /** By number of the loop and of the destination. */
  private volatile LoopCounters[][] byLoop = {};

  public RequestCounters(Destinations destinations) {
    this.destinations = destinations;
  }

  @Override
  public void sent(RequestRecord record, @Nullable Destination before) {
    if (before != null) {
      LoopCounters left = counters(record.loop(), before);
      left.count(Sum.RETRIES);
      leave(left, record);
    }
    LoopCounters counters = counters(record.loop(), destination(record));
    counters.count(Sum.SENT);
    if (record.isPoll()) {
      counters.count(Sum.POLLS_SENT);
    }
  }

  private static void leave(LoopCounters counters, RequestRecord record) {
    counters.count(Sum.LEFT);
    if (record.isPoll()) {
      counters.count(Sum.POLLS_LEFT);
    }
  }

  @Override
  public void ended(RequestRecord record, RequestHead head, Client client) {
    boolean wasSent = record.destination() != null;
    LoopCounters counters = counters(record.loop(), destination(record));
    counters.count(LoopCounters.cell(isRead(head), Outcome.of(record)));
    counters.count(connection(record.isKeptConnection(), head.isHttp2()));
    if (record.timeout() != null) {
      counters.count(LoopCounters.cell(record.timeout()));
    }
    if (wasSent) {
      leave(counters, record);
      countWorker(counters, record);
    }
  }

  private Destination destination(RequestRecord record) {
    Destination to = record.destination();
    return to == null ? destinations.nowhere() : to;
  }

  private static Sum connection(boolean kept, boolean http2) {
    if (http2) {
      return kept ? Sum.KEPT_HTTP2_CLIENTS : Sum.NEW_HTTP2_CLIENTS;
    }
    return kept ? Sum.KEPT_CLIENTS : Sum.NEW_CLIENTS;
  }

  private static boolean isRead(RequestHead head) {
    return switch (head.method()) {
      case "GET", "HEAD", "OPTIONS" -> true;
      default -> false;
    };
  }

  private static void countWorker(LoopCounters counters, RequestRecord record) {
    if (record.isPoll()) {
      counters.add(Histogram.POLL_HELD, record.nanosToFirstByte());
    } else if (record.failure() != Failure.CLIENT_GONE) {
      counters.add(Histogram.FIRST_BYTE, record.nanosToFirstByte());
      counters.add(Histogram.LAST_BYTE, record.nanosToLastByte());
    }
    counters.count(LoopCounters.cell(record.key()));
    if (record.key().isUser()) {
      counters.users().add(record.keyHash(), record.endedAt());
    }
    counters.add(Sum.REQUEST_BYTES, record.requestBytes());
    counters.add(Sum.REPLY_BYTES, record.replyBytes());
    counters.add(Sum.NEW_CONNECTIONS, record.newConnections());
    counters.add(Sum.KEPT_CONNECTIONS, record.keptConnections());
    countRare(counters, record);
  }

  private static void countRare(LoopCounters counters, RequestRecord record) {
    if (record.isFallback()) {
      counters.count(Sum.FALLBACKS);
    }
    if (record.isSpilled()) {
      counters.count(Sum.SPILLS);
    }
    if (record.isUnrecognized()) {
      counters.count(Sum.UNRECOGNIZED);
    }
    if (record.waitedNanos() != 0) {
      counters.count(Sum.WAITS);
      counters.add(Sum.WAIT_NANOS, record.waitedNanos());
    }
  }

  private LoopCounters counters(Loop loop, Destination destination) {
    LoopCounters[][] now = byLoop;
    int number = destination.number();
    if (loop.number() < now.length && number < now[loop.number()].length) {
      return now[loop.number()][number];
    }
    return add(loop.number(), number);
  }

  /** Makes room up to this loop and destination; what is there already stays as it is. */
  private synchronized LoopCounters add(int loop, int number) {
    LoopCounters[][] grown = Arrays.copyOf(byLoop, Math.max(byLoop.length, loop + 1));
    for (int i = 0; i < grown.length; i++) {
      LoopCounters[] row = grown[i] == null ? new LoopCounters[0] : grown[i];
      int had = row.length;
      grown[i] = Arrays.copyOf(row, Math.max(had, number + 1));
      for (int j = had; j < grown[i].length; j++) {
        grown[i][j] = new LoopCounters();
      }
    }
    byLoop = grown;
    return grown[loop][number];
  }

  // ---- reading

  /** What has been counted of a worker, for whichever groups. */
  public Figures ofWorker(String name) {
    return figures(destinations.all().stream().filter(to -> to.worker().equals(name)).toList());
  }

  /** What has been counted of all, also of requests that went to no worker. */
  public Figures ofAll() {
    return figures(destinations.all());
  }

  /** How many requests have come by HTTP/1 and by HTTP/2. */
  public List<Long> versions() {
    return List.of(
        sumOfAll(Sum.NEW_CLIENTS, Sum.KEPT_CLIENTS),
        sumOfAll(Sum.NEW_HTTP2_CLIENTS, Sum.KEPT_HTTP2_CLIENTS));
  }

  private long sumOfAll(Sum some, Sum others) {
    return sumOfGroup(null, LoopCounters.cell(some)) + sumOfGroup(null, LoopCounters.cell(others));
  }

  private Figures figures(List<Destination> of) {
    // what has left is read first, or a request in between would count as less than none
    long left = sum(of, LoopCounters.cell(Sum.LEFT));
    long pollsLeft = sum(of, LoopCounters.cell(Sum.POLLS_LEFT));
    long requests = 0;
    long errors = 0;
    long refused = 0;
    for (int outcome = 0; outcome < Outcome.COUNT; outcome++) {
      long ended =
          sum(of, LoopCounters.cell(true, outcome)) + sum(of, LoopCounters.cell(false, outcome));
      requests += ended;
      errors += Outcome.isError(outcome) ? ended : 0;
      refused += Outcome.isLimit(outcome) ? ended : 0;
    }
    return new Figures(
        requests,
        errors,
        sum(of, LoopCounters.cell(Sum.RETRIES)),
        sum(of, LoopCounters.cell(Sum.SENT)) - left,
        sum(of, LoopCounters.cell(Sum.POLLS_SENT)) - pollsLeft,
        sum(of, LoopCounters.cell(Sum.WAITS)),
        refused,
        buckets(of, Histogram.FIRST_BYTE));
  }

  private List<Long> buckets(List<Destination> of, Histogram histogram) {
    int cell = LoopCounters.cell(histogram) + 1;
    return IntStream.range(0, histogram.size()).mapToObj(i -> sum(of, cell + i)).toList();
  }

  private long sum(List<Destination> of, int cell) {
    return of.stream().mapToLong(to -> sum(to, cell)).sum();
  }

  /** All destinations that requests have had. */
  List<Destination> destinations() {
    return destinations.all();
  }

  /** A cell of a {@link LoopCounters}, summed up over all loops. */
  long sum(Destination destination, int cell) {
    long sum = 0;
    for (LoopCounters[] loop : byLoop) {
      if (destination.number() < loop.length) {
        sum += loop[destination.number()].get(cell);
      }
    }
    return sum;
  }

  long sum(Destination destination, Sum sum) {
    return sum(destination, LoopCounters.cell(sum));
  }

  /** A cell, summed up over all destinations of a group, or over all if it is null. */
  long sumOfGroup(@Nullable String group, int cell) {
    long sum = 0;
    for (Destination destination : destinations.all()) {
      if (group == null || destination.group().equals(group)) {
        sum += sum(destination, cell);
      }
    }
    return sum;
  }

  /** About how many users a destination's requests came from in the last hour or two. */
  double users(Destination destination) {
    long now = System.nanoTime();
    UltraLogLog users = Users.nobody();
    for (LoopCounters[] loop : byLoop) {
      if (destination.number() < loop.length) {
        loop[destination.number()].users().addTo(users, now);
      }
    }
    return users.getDistinctCountEstimate();
  }

  /** The part of its group's users that a destination has; 0 if there are none. */
  double userShare(Destination destination) {
    double all =
        destinations.all().stream()
            .filter(other -> other.group().equals(destination.group()))
            .mapToDouble(this::users)
            .sum();
    return all == 0 ? 0 : users(destination) / all;
  }
}
