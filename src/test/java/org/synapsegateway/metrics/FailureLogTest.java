// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synapsegateway.LogCapture;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.RequestRecord;
import org.synapsegateway.request.Trace;

/** What the log tells once a minute of requests that fail. */
class FailureLogTest {
  private static final Client CLIENT = new Client("192.0.2.1", null, "http");

  private final Destinations destinations = new Destinations();
  private final RequestCounters counters = new RequestCounters(destinations);
  private final FailureLog log = new FailureLog(counters);
  private final Loops loops = new Loops(2);

  @AfterEach
  void close() {
    loops.close();
  }

  private void request(int loop, String group, String worker, Failure failure, int status)
      throws Exception {
    RequestHead head = RequestHead.of("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    Loop of = loops.all().get(loop);
    of.eventLoop()
        .submit(
            () -> {
              Trace trace = new RequestRecord(counters, of, false, System.nanoTime());
              if (group != null) {
                trace.sentTo(destinations.of(group, "unix:/run/" + worker + ".sock"), false);
              }
              if (failure != null) {
                trace.failed(failure);
              }
              if (status != 0) {
                trace.replied(status);
              }
              trace.end(head, CLIENT);
            })
        .get();
  }

  private List<String> look() {
    try (LogCapture said = LogCapture.of(FailureLog.class)) {
      log.look();
      return said.messages();
    }
  }

  @Test
  void aMinuteWithoutFailuresIsNotToldOf() throws Exception {
    request(0, "main", "main", null, 200);
    request(0, "main", "main", null, 404);
    request(0, "main", "main", Failure.CLIENT_GONE, 0);
    request(0, null, null, Failure.BAD_REQUEST, 400);
    assertThat(look()).isEmpty();
  }

  @Test
  void failuresAreCountedByGroupAndReasonAndToldOnce() throws Exception {
    request(0, "sync", "sync1", Failure.WORKER_UNREACHABLE, 502);
    request(1, "sync", "sync2", Failure.WORKER_UNREACHABLE, 502);
    request(1, "sync", "sync2", Failure.WORKER_TIMEOUT, 504);
    request(0, "media", "media", null, 500);
    request(0, null, null, Failure.OVERLOADED, 503);

    assertThat(look())
        .containsExactly(
            "In the last minute 5 requests failed: 3 of group sync (2 worker_unreachable, 1"
                + " worker_timeout), 1 of group media (1 answered 5xx), 1 of no group (1"
                + " overloaded)");
    assertThat(look()).isEmpty();

    request(0, "media", "media", null, 502);
    assertThat(look())
        .containsExactly("In the last minute 1 request failed: 1 of group media (1 answered 5xx)");
  }

  @Test
  void ofManyGroupsTheWorstAreTold() throws Exception {
    for (int i = 0; i < 40; i++) {
      request(0, "group" + i, "w" + i, Failure.WORKER_UNREACHABLE, 502);
    }
    request(0, "group39", "w39", Failure.WORKER_UNREACHABLE, 502);

    assertThat(look())
        .singleElement()
        .asString()
        .startsWith(
            "In the last minute 41 requests failed: 2 of group group39 (2 worker_unreachable), ")
        .endsWith(", 32 of 32 other groups");
  }
}
