// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.nio.charset.StandardCharsets;
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
import org.synapsegateway.http.Span;
import org.synapsegateway.identity.UserKey;

/**
 * What it costs to find the worker of a user: the key in the head, its hash, and its place on the
 * ring.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingBenchmark {
  @Param({"160", "4096"})
  int points;

  @Param({"3", "8", "64"})
  int workers;

  private HashRing ring;
  private RequestHead head;
  private byte[][] keys;
  private int next;

  @Setup
  public void makeRing() throws HttpException {
    List<HashRing.Member> members = new ArrayList<>();
    for (int i = 1; i <= workers; i++) {
      members.add(new HashRing.Member("unix:/run/matrix-synapse/inbound_sync" + i + ".sock", 1));
    }
    ring = new HashRing(members, points);
    head =
        RequestHead.of(
            "GET /_matrix/client/v3/sync?since=s1 HTTP/1.1\r\nHost: example.org\r\n"
                + "Accept: application/json\r\n"
                + "Authorization: Bearer syt_YWxpY2U_abcdefghijklmnopqrst_1a2b3c\r\n\r\n");
    keys = new byte[1024][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ("dXNlcg" + i).getBytes(StandardCharsets.US_ASCII);
    }
  }

  @Benchmark
  public int lookup() {
    byte[] key = keys[next++ & 1023];
    return ring.memberAt(ring.pointFor(HashRing.hash(key, 0, key.length)));
  }

  @Benchmark
  public int keyAndLookup() {
    long key = UserKey.find(head);
    return ring.memberAt(
        ring.pointFor(HashRing.hash(head.bytes(), Span.start(key), Span.end(key))));
  }
}
