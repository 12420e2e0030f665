// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Request;
import org.synapsegateway.whoami.UserDirectory;

/** What it costs to find in a head what its request is balanced by, where it stands in each. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyBenchmark {
  private static final String TOKEN = "syt_YWxpY2U_abcdefghijklmnopqrst_1a2b3c";
  private static final String BEARER = "Authorization: Bearer " + TOKEN + "\r\n";

  private static final UserDirectory.Limits LIMITS =
      new UserDirectory.Limits(
          1_000, Duration.ofHours(1), Duration.ofSeconds(30), 100, 0, 0, Duration.ofMillis(250));

  private final UserDirectory users = new UserDirectory(null, LIMITS);
  private RequestHead withField;
  private RequestHead withArgument;
  private RequestHead ofServer;
  private RequestHead ofRoom;

  @Setup
  public void readHeads() throws HttpException {
    withField = head("GET /_matrix/client/v3/sync?filter=0&timeout=30000&since=s1_2_3", BEARER);
    withArgument =
        head(
            "GET /_matrix/client/v3/sync?filter=0&timeout=30000&since=s1_2_3&access_token=" + TOKEN,
            "");
    ofServer =
        head(
            "PUT /_matrix/federation/v1/send/1700000000000",
            "Authorization: X-Matrix origin=\"matrix.example.com\",destination=\"example.org\","
                + "key=\"ed25519:a_AbCd\",sig=\"K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76"
                + "LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ\"\r\n");
    ofRoom =
        head(
            "PUT /_matrix/client/v3/rooms/%21abcdefghijklmnopqr%3Aexample.org/send/m.room.message/m1.1",
            BEARER);
  }

  private static Request request(RequestHead head) {
    return new Request(head, null, null, null, interim -> {});
  }

  private static RequestHead head(String request, String authorization) throws HttpException {
    return RequestHead.of(
        request
            + " HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Element/1.11.80\r\n"
            + "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n"
            + authorization
            + "\r\n");
  }

  @Benchmark
  public Slice userInField() {
    return users.find(request(withField), null, null);
  }

  @Benchmark
  public Slice userInQuery() {
    return users.find(request(withArgument), null, null);
  }

  @Benchmark
  public long userInFieldAsNginx() {
    return UserKey.find(withField);
  }

  @Benchmark
  public long userInQueryAsNginx() {
    return UserKey.find(withArgument);
  }

  @Benchmark
  public Slice origin() {
    return OriginKey.find(ofServer);
  }

  @Benchmark
  public Slice room() {
    return RoomKey.find(ofRoom);
  }
}
