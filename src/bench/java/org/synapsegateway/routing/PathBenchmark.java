// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Request;

/** What it costs to find out whether a path of 16 KiB is a private one, by what it is made of. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PathBenchmark {
  private static final int LENGTH = 16_300;

  @Param({
    "a",
    "/",
    "/a",
    "/..",
    "/..;%2e",
    "%25",
    "%2525",
    "%252525",
    "%2F",
    "%2f..",
    "%252F",
    "%5C",
    "%5Fsynapse%2F",
    "_synapse;",
    "/_synapse",
    "/;",
    "/b;c",
    "/%2e%2E",
    "%E6%97%A5",
    "%",
    "%2",
    "%%35F",
    "a;b%2Fc",
    "/b;c/%2ea%25252f//./\\%2f/b;c///%255c;.."
  })
  String piece;

  @Param({"/_matrix/media/v3/download/", "/", "/_synapse/"})
  String under;

  private final PrivatePaths paths = new PrivatePaths();
  private Request request;

  @Setup
  public void makeRequest() throws HttpException {
    String target = under + piece.repeat(LENGTH / piece.length());
    RequestHead head = RequestHead.of("GET " + target + " HTTP/1.1\r\nHost: example.org\r\n\r\n");
    request =
        new Request(
            head,
            new Client("203.0.113.7", InetAddress.getLoopbackAddress(), "http"),
            null,
            null,
            interim -> {});
  }

  @Benchmark
  public boolean isRefused() {
    return paths.refuses(request);
  }
}
