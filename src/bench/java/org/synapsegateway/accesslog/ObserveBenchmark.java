// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.accesslog;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.identity.LongPoll;
import org.synapsegateway.identity.Redaction;
import org.synapsegateway.metrics.Figures;
import org.synapsegateway.metrics.RequestCounters;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.request.Destination;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.RequestRecord;
import org.synapsegateway.request.Trace;

/** What it costs a request to be observed, from its head to the end of its reply. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ObserveBenchmark {
  private static final String HEAD =
      "GET /_matrix/client/v3/sync?filter=0&timeout=30000&since=s1_2_3_4_5_6_7_8_9 HTTP/1.1\r\n"
          + "Host: matrix.example.org\r\nUser-Agent: Element/1.11.80 (Linux; X11) Chrome/128\r\n"
          + "Accept: application/json\r\n"
          + "Authorization: Bearer syt_YWxpY2U_abcdefghijklmnopqrst_1a2b3c\r\n\r\n";

  private final Loops loops = new Loops(1);
  private final Loop loop = loops.all().get(0);
  private final Destinations destinations = new Destinations();
  private final RequestCounters requestCounters = new RequestCounters(destinations);
  private final Destination worker = destinations.of("normal-sync", "unix:/inbound_sync1.sock");
  private final Client client = new Client("192.0.2.7", null, "https");
  private final ByteBuf body = Unpooled.directBuffer().writeZero(300);
  private final ByteBuffer page = ByteBuffer.allocate(64 * 1024);
  private final AccessFormat format =
      AccessFormat.of("combined", new Redaction(""), destinations.all());
  private final AccessEntry entry = new AccessEntry();
  private final StringBuilder line = new StringBuilder(1024);
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Timer firstByte = timer("first");
  private final Timer lastByte = timer("last");
  private final Counter[] counters = counters();
  private RequestHead head;
  private RequestRecord ended;

  private Timer timer(String name) {
    Duration[] bounds =
        Figures.bounds().stream()
            .map(s -> Duration.ofNanos((long) (s * 1e9)))
            .toArray(Duration[]::new);
    return Timer.builder(name).serviceLevelObjectives(bounds).register(registry);
  }

  private Counter[] counters() {
    Counter[] made = new Counter[7];
    Arrays.setAll(made, i -> Counter.builder("counter" + i).register(registry));
    return made;
  }

  @Setup(Level.Trial)
  public void readHead() throws Exception {
    head = RequestHead.of(HEAD);
    ended = observed(Trace.Observer.NOBODY);
  }

  @TearDown(Level.Trial)
  public void close() {
    loops.close();
  }

  private RequestRecord observed(Trace.Observer observer) {
    RequestRecord trace = new RequestRecord(observer, loop, true, System.nanoTime());
    trace.keyedBy(KeyKind.SYT);
    trace.keyHash(0x12345678);
    trace.sentTo(worker, LongPoll.goesOn(head));
    trace.connected(true);
    trace.replied(200);
    trace.replyPart(body);
    trace.end(head, client);
    return trace;
  }

  /** Nothing but the two readings of the clock that no way of measuring can do without. */
  @Benchmark
  public long clock() {
    return System.nanoTime() + System.nanoTime();
  }

  /** The trace, and nobody who reads it. */
  @Benchmark
  public RequestRecord trace() {
    return observed(Trace.Observer.NOBODY);
  }

  /** The trace and all meters: what each request pays. */
  @Benchmark
  public RequestRecord requestCounters() {
    return observed(requestCounters);
  }

  /** The same with Micrometer's own meters, found beforehand: two histograms and seven counters. */
  @Benchmark
  public RequestRecord micrometer() {
    RequestRecord trace = observed(Trace.Observer.NOBODY);
    firstByte.record(trace.nanosToFirstByte(), TimeUnit.NANOSECONDS);
    lastByte.record(trace.nanosToLastByte(), TimeUnit.NANOSECONDS);
    for (Counter counter : counters) {
      counter.increment();
    }
    return trace;
  }

  /** What the access log adds for the event loop. */
  @Benchmark
  public ByteBuffer packLine() {
    AccessEntry.pack(page.clear(), ended, head, client);
    return page;
  }

  /** What the access log's own thread does for a line, without the file. */
  @Benchmark
  public StringBuilder writeLine() {
    AccessEntry.pack(page.clear(), ended, head, client);
    entry.unpack(page.flip());
    line.setLength(0);
    format.line(line, entry, 1_700_000_000_000L);
    return line;
  }
}
