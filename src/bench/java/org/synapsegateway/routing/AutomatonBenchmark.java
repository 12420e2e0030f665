// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.io.IOException;
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
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.routing.pattern.Automaton;

/** What it costs to find out which patterns a request matches, by how many patterns there are. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AutomatonBenchmark {
  /**
   * Synapse's documented patterns come first; what is more than those are patterns of the same
   * kind.
   */
  @Param({"10", "99", "100", "400"})
  int patterns;

  @Param({
    "GET /_matrix/client/v3/sync",
    "PUT /_matrix/federation/v1/send/1700000000000",
    "PUT /_matrix/client/v3/rooms/!abcdefghijklmnopqr:example.org/send/m.room.message/m1700000000000.1"
  })
  String request;

  private RequestHead head;
  private Automaton automaton;

  @Setup
  public void makeAutomaton() throws IOException, HttpException {
    head = RequestHead.of(request + " HTTP/1.1\r\nHost: example.org\r\n\r\n");
    List<String> lines = new ArrayList<>();
    for (String line :
        Files.readAllLines(Path.of("src/test/resources/routing/workers-1.157.txt"))) {
      if (line.startsWith("^") && !lines.contains(line)) {
        lines.add(line);
      }
    }
    for (int i = 0; lines.size() < patterns; i++) {
      lines.add("^/_matrix/client/(r0|v3|unstable)/rooms/[^/]+/extra" + i + "/[^/]+$");
    }
    RequestPatterns registry = new RequestPatterns();
    List<RequestPattern> held = new ArrayList<>();
    for (String line : lines.subList(0, patterns)) {
      held.add(registry.get(line));
    }
    automaton = registry.automaton();
  }

  @Benchmark
  public Object match() {
    return automaton.match(head);
  }
}
