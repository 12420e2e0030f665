// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** The routes as they are shipped, run before a main process alone. */
class ShippedRoutesTest {
  private static final List<String> REQUESTS =
      List.of(
          "GET /_matrix/client/v3/sync?since=s1",
          "GET /_matrix/client/v3/sync",
          "POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync?pos=1",
          "POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync",
          "GET /_matrix/client/versions",
          "GET /_matrix/client/v3/rooms/!r:x/messages",
          "PUT /_matrix/client/v3/rooms/!r:x/typing/@a:x",
          "PUT /_matrix/client/v3/rooms/!r:x/send/m.room.message/typing",
          "POST /_synapse/admin/v1/quarantine_media/!r:x",
          "PUT /_matrix/federation/v1/send/1",
          "GET /_matrix/federation/v1/state_ids/!r:x?event_id=$e",
          "GET /_matrix/media/v3/config",
          "GET /_synapse/client/rendezvous/1",
          "GET /health");

  @TempDir Path directory;

  @Test
  void aMainProcessAloneServesEveryGroup() throws Exception {
    String ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    try (ScriptedWorker main =
            ScriptedWorker.at(directory.resolve("inbound_main.sock"), ScriptedWorker.replying(ok));
        TestGateway gateway = TestGateway.shipped(directory);
        RawClient client = gateway.client()) {
      for (String request : REQUESTS) {
        String head = request + " HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
        assertThat(client.exchange(head).status()).as(request).isEqualTo(200);
      }
      assertThat(main.requests()).hasSameSizeAs(REQUESTS);
    }
  }

  @Test
  void nobodyReachesTheReplicationApi() throws Exception {
    try (TestGateway gateway = TestGateway.shipped(directory);
        RawClient client = gateway.client()) {
      String head = "POST /_synapse/replication/send_event/1 HTTP/1.1\r\nHost: h\r\n\r\n";
      assertThat(client.exchange(head).status()).isEqualTo(403);
    }
  }
}
