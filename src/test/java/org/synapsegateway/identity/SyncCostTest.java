// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

class SyncCostTest {
  @ParameterizedTest
  @CsvSource({
    "GET /_matrix/client/v3/sync?since=s1&timeout=30000, 1",
    "GET /_matrix/client/v3/sync?timeout=30000, 20",
    "GET /_matrix/client/v3/sync, 20",
    "GET /_matrix/client/v3/sync?since=, 20",
    "GET /_matrix/client/v3/sync?since=s1&full_state=true, 20",
    "GET /_matrix/client/v3/sync?since=s1;full%5Fstate=true, 20",
    "GET /_matrix/client/v3/sync?since=s1&FULL_STATE=true, 1",
    "GET /_matrix/client/v3/sync?since=s1&full_state=false, 1",
    "GET /_matrix/client/r0/rooms/!a:b/initialSync, 20",
    "POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync, 20",
    "POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync?pos=1, 1",
    "GET /_matrix/client/v3/joined_rooms, 1",
    "GET /sync/x, 1",
    "GET /, 1",
  })
  void aSyncFromNothingCostsMore(String request, int cost) throws HttpException {
    RequestHead head = RequestHead.of(request + " HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(SyncCost.of(head)).isEqualTo(cost);
  }
}
