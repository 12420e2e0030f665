// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Request;

class PrivatePathsTest {
  private static final String PUBLIC_CLIENT = "203.0.113.7";
  private static final String PRIVATE_CLIENT = "10.1.2.3";

  private final PrivatePaths paths = new PrivatePaths();

  PrivatePathsTest() {
    paths.setClients("127.0.0.0/8 ::1 10.0.0.0/8");
  }

  private boolean refuses(String target, String client) {
    return paths.refuses(Samples.request(Samples.head("GET", target), client));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // as it is
        "/_synapse",
        "/_synapse/",
        "/_synapse/admin",
        "/_synapse/admin/v1/server_version",
        "/_synapse/admin?a=b",
        "/_synapse/metrics",
        "/_synapse/mas/provision_user",
        "/_synapse/clientX",
        "/_synapse/client%58",
        "/_synapse/Client/pick_idp",
        "http://example.org/_synapse/admin",
        "/_SYNAPSE/admin",
        "/_Synapse/metrics",
        // percent-encoded once, as Synapse itself reads it
        "/%5Fsynapse/metrics",
        "/%5fsynapse/metrics",
        "/_synaps%65/admin",
        "/%5F%73%79%6E%61%70%73%65/%61dmin",
        "/_synapse%2Fadmin",
        "/_synapse%2fadmin",
        "/%2F_synapse/admin",
        // percent-encoded more than once
        "/%255Fsynapse/metrics",
        "/%25255Fsynapse/metrics",
        "/%2525255Fsynapse/metrics",
        "/%%35Fsynapse/metrics",
        "/%5%46synapse/metrics",
        "/%25252525255Fsynapse/metrics",
        "/_matrix/%2525252525252e./%2525252525252e./x",
        // with slashes that some merge
        "//_synapse/admin",
        "///_synapse//admin",
        "/_synapse//client/pick_idp",
        "/%2F%2f_synapse/admin",
        // with dots
        "/./_synapse/admin",
        "/../_synapse/admin",
        "/_matrix/../_synapse/admin",
        "/_matrix/client/v3/../../../_synapse/admin",
        "/_matrix/client/..//../_synapse/admin",
        "/_matrix/%2e%2e/_synapse/admin",
        "/_matrix/%2E%2E/_synapse/admin",
        "/_matrix/.%2e/_synapse/admin",
        "/_matrix/%2e./_synapse/admin",
        "/_matrix%2F..%2F_synapse%2Fadmin",
        "/_matrix/%252e%252e/_synapse/admin",
        "/_matrix/%%32e%%32e/_synapse/admin",
        "/_matrix/client/v3/directory/room/%2e%2e/../../%2e%2e/../_synapse/admin",
        "/_synapse/client/../admin",
        "/_synapse/client/%2e%2e/admin",
        "/_synapse/client/%252E%252E/admin",
        "/_synapse/client/.%2E%2Fadmin",
        "/_synapse/./admin",
        "/_synapse/x/../admin",
        "/_synapse/admin/../../_matrix/client/versions",
        "/_synapse/admin/../client/pick_idp",
        "/%5Fsynapse/admin/%252e%252e/%252e%252e/_matrix/client/versions",
        "/.well-known/../_synapse/metrics",
        "/health/..//_synapse/metrics",
        // with backslashes
        "/\\_synapse\\admin",
        "/_synapse\\admin",
        "/%5C_synapse/admin",
        "/_synapse%5cadmin",
        "/_matrix\\..\\_synapse\\admin",
        "/_matrix/x\\..\\..\\..\\_synapse/admin",
        "/_synapse/client\\..\\admin",
        "/_synapse/client/..%5Cadmin",
        "/x\\y/../_synapse/admin",
        // with parameters
        "/_synapse;/admin",
        "/_synapse;v=1/admin",
        "/;/_synapse/admin",
        "/_synapse/client;x",
        "/_synapse/client/..;/admin",
        "/_matrix/..;x=y/_synapse/admin",
        "/_matrix/..%3B/_synapse/admin",
        "/_matrix/.%2e;/%5Fsynapse;a/admin",
        // in segments that are parted, and lose their parameters, before they are decoded
        "/%5Fsynapse;x%2Fclient/admin",
        "/;%2Fa/%255Fsynapse/admin",
        "/x/../%5Fsynapse/metrics/%2e%2e/%2e%2e/x",
        "/_synapse/x%2F../client",
        // all together
        "/_matrix/%5c..%5C%2e%252e%3bx//%255Fsynapse;/admin",
      })
  void aPrivatePathInAnyDisguiseIsForPrivateClientsOnly(String target) {
    assertThat(refuses(target, PUBLIC_CLIENT)).isTrue();
    assertThat(refuses(target, PRIVATE_CLIENT)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "//",
        "/health",
        "/favicon.ico",
        "/.well-known/matrix/client",
        "/_matrix",
        "/_matrix/client/versions",
        "/_matrix/client/v3/sync?since=../../_synapse/admin",
        "/_matrix/client/v3/rooms/!r%3Aexample.org/send/m.room.message/_synapse",
        "/_matrix/client/v3/rooms/!r:example.org/state/_synapse/admin",
        "/_matrix/client/v3/directory/room/%23a..b%3Aexample.org",
        "/_matrix/client/v3/directory/room/%23_synapse%2Fadmin%3Aexample.org",
        "/_matrix/client/v3/profile/%40a%25b%3Aexample.org",
        "/_matrix/client/v3/profile/100%",
        "/_matrix/client/v3/profile/%zz..",
        "/_matrix/client/v3/rooms/!r/state/x/",
        "/_matrix/client/v3/rooms//state",
        "/_matrix/client/v3/../v3/sync",
        "/_matrix/client/%2e%2e/client/versions",
        "/_matrix/media/v3/download/example.org/..",
        "/_matrix/key/v2/server/a;b",
        "/_matrix/client/v3/user\\x/filter",
        "/_synapse/client",
        "/_synapse/client/",
        "/_synapse/client/pick_idp",
        "/_synapse/client/pick%5Fidp",
        "/_synapse/client/oidc/callback?code=/_synapse/admin",
        "/_synapse/client/unsubscribe",
        "/_synapse/client/a..b",
        "/%5Fsynapse/client/pick_idp",
        "/_synapsex/admin",
        "/x_synapse/admin",
        "/_synaps",
        "/x/_synapse/admin",
        "/%2525_synapse",
        "http://example.org",
        "http://example.org/_matrix/client/versions",
      })
  void everythingElseIsForAll(String target) {
    assertThat(refuses(target, PUBLIC_CLIENT)).isFalse();
    assertThat(refuses(target, PRIVATE_CLIENT)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_synapse/replication",
        "/_synapse/replication/",
        "/_synapse/replication/send_event/x",
        "/_synapse/Replication/x",
        "/%5Fsynapse/replicatio%6E/x",
        "/_synapse/client/../replication/x",
        "/_synapse//replication/x",
        "/_matrix/..;/_synapse\\replication;x/y",
        "/_synapse/replication/../admin",
      })
  void replicationIsForNobody(String target) {
    assertThat(refuses(target, PUBLIC_CLIENT)).isTrue();
    assertThat(refuses(target, PRIVATE_CLIENT)).isTrue();
  }

  @Test
  void theAsteriskOfOptionsIsNoPath() {
    assertThat(paths.refuses(Samples.request("OPTIONS", "*"))).isFalse();
  }

  @Test
  void aLongPathIsReadToItsEnd() {
    String end = "%2525252e./".repeat(2) + "..;/".repeat(8) + "_synapse\\admin";

    assertThat(refuses("/_matrix" + "/x%2525252e".repeat(300) + "/" + end, PUBLIC_CLIENT))
        .isFalse();
    assertThat(refuses("/_matrix" + "/..".repeat(1_300) + "/_synapse/admin", PUBLIC_CLIENT))
        .isTrue();
  }

  @Test
  void aClientOnAUnixSocketIsPrivateIfTheSettingSaysSo() {
    RequestHead head = Samples.head("GET", "/_synapse/admin");
    Request request =
        new Request(head, new Client("unix:", null, "http"), null, null, interim -> {});

    assertThat(paths.refuses(request)).isTrue();
    paths.setClients("unix:");
    assertThat(paths.refuses(request)).isFalse();
  }

  @Test
  void nobodyIsPrivateWithoutTheSetting() {
    Request request = Samples.request(Samples.head("GET", "/_synapse/admin"), "127.0.0.1");

    assertThat(new PrivatePaths().refuses(request)).isTrue();
  }

  @Test
  void aSettingThatIsNoAddressIsRefused() {
    assertThatThrownBy(() -> paths.setClients("10.0.0.0/33"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("private clients: \"10.0.0.0/33\" has no prefix length");
  }

  @Test
  void aMessageWithoutARequestIsAnErrorAndDoesNotEnter() {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    for (Object body : new Object[] {null, "text", List.of()}) {
      exchange.getMessage().setBody(body);
      assertThatThrownBy(() -> paths.matches(exchange))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("there is no request");
    }
  }
}
