// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Request;
import org.synapsegateway.routing.pattern.Automaton;

/**
 * What all that the shipped front route decides about a request costs: its head is read, its path
 * is private or not, and its patterns are found.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecisionBenchmark {
  private static final int LENGTH = 16_300;

  /** The begin of a target, and what follows it up to 16 KiB; ordinary where nothing does. */
  public enum Target {
    SYNC("/_matrix/client/v3/sync?since=s1_2_3&timeout=30000", ""),
    SEND("/_matrix/client/v3/rooms/!abcdefghijklmnopqr:example.org/send/m.room.message/m1.1", ""),
    ALIAS("/_matrix/client/v3/directory/room/%23%E6%97%A5%E6%9C%AC%E8%AA%9E%3Aexample.org", ""),
    ONE_SEGMENT("/", "a"),
    ONE_ROOM("/_matrix/client/v3/rooms/", "a"),
    ROOMS("/_matrix/client/v3/", "rooms/"),
    STATES("/_matrix/client/v3/rooms/", "state/"),
    MATRIX("", "/_matrix/client"),
    MEDIA("/_matrix/media/v3/download/", "%E6%97%A5"),
    ESCAPES("/_synapse/", "%2F"),
    ESCAPED_ESCAPES("/_synapse/", "%2525"),
    DOTS("/_synapse/", "/.."),
    PARAMETERS("/_synapse/", "/..;%2e"),
    LATE("/", "a/../_synapse/"),
    QUERY("/_matrix/client/v3/sync?", "a=%2F&");

    private final String text;

    Target(String begin, String piece) {
      text = piece.isEmpty() ? begin : begin + piece.repeat(LENGTH / piece.length());
    }
  }

  @Param Target target;

  private final PrivatePaths paths = new PrivatePaths();
  private final Client client = new Client("203.0.113.7", InetAddress.getLoopbackAddress(), "http");
  private final RequestHead head = new RequestHead();
  private final HeadLimits limits = new HeadLimits(32 * 1024, 64 * 1024);
  private ByteBuf in;
  private Automaton automaton;
  // an automaton lives as long as a route holds its patterns
  private final List<RequestPattern> held = new ArrayList<>();

  @Setup
  public void makeAutomaton() throws IOException {
    String text = "GET " + target.text + " HTTP/1.1\r\nHost: example.org\r\n\r\n";
    in = Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    RequestPatterns patterns = new RequestPatterns();
    for (String line : Files.readAllLines(Path.of("routes/front.camel.yaml"))) {
      if (line.matches(" *([A-Z|]+ )?\\^/.*")) {
        held.add(patterns.get(line.strip()));
      }
    }
    automaton = patterns.automaton();
  }

  @Benchmark
  public void decide(Blackhole hole) throws HttpException {
    head.reset();
    in.readerIndex(0);
    hole.consume(head.read(in, limits));
    hole.consume(paths.refuses(new Request(head, client, null, null, interim -> {})));
    hole.consume(automaton.match(head));
  }
}
