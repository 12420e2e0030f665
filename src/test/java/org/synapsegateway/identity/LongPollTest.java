// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

/** Which requests a worker may hold: by their path, whatever their query says. */
class LongPollTest {
  private static long heldMillis(String target) throws HttpException {
    return LongPoll.heldMillis(RequestHead.of("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/v3/sync",
        "/_matrix/client/r0/sync",
        "/_matrix/client/unstable/sync",
        "/_matrix/client/v4/sync",
        "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync",
        "/_matrix/client/unstable/org.matrix.msc3575/sync",
        "/_matrix/client/v3/events",
        "/_matrix/client/api/v1/events",
        "http://h/_matrix/client/v3/sync",
      })
  void aPollIsHeldForItsTimeout(String path) throws HttpException {
    assertThat(heldMillis(path + "?since=s1&timeout=30000")).isEqualTo(30_000);
    assertThat(heldMillis(path + "?since=s1")).isZero();
    assertThat(heldMillis(path + "?timeout=0")).isZero();
    assertThat(heldMillis(path)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/sync",
        "/_matrix/client/sync",
        "/_matrix/client//sync",
        "/_matrix/client/v3/sync/",
        "/_matrix/client/v3/syncs",
        "/_matrix/client/v3/Sync",
        "/_matrix/client/v3/rooms/sync",
        "/_matrix/client/v3/join/sync",
        "/_matrix/client/unstable/join/sync",
        "/_matrix/client/v3/user/@a:h/account_data/sync",
        "/_matrix/client/v3/rooms/!a:h/events",
        "/_matrix/client/api/v1/rooms/events",
        "/_matrix/client/v3/rooms/!a:h/messages",
        "/_matrix/media/v3/download/h/sync",
        "/_matrix/federation/v1/sync",
        "/_matrix/client",
        "/_matrix/client/",
        "/_matrix/client/v3/login",
      })
  void theTimeoutOfAnythingElseIsNoMatterOfTheGateway(String path) throws HttpException {
    assertThat(heldMillis(path + "?since=s1&timeout=9999999")).isZero();
  }
}
