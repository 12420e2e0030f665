// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Fields that move into the gateway's own location. */
class PassedFieldsTest {
  @Test
  void aFieldWhoseVariableALocationSetsStaysThere() {
    Server server =
        Site.parse(
                "f",
                """
                server {
                  listen 80;
                  set $all 1;
                  set_real_ip_from 192.0.2.1;
                  proxy_set_header X-All $all;
                  proxy_set_header X-Set $set;
                  proxy_set_header X-Auth $auth;
                  proxy_set_header X-Lua $lua;
                  location /_matrix/ { proxy_pass http://m; }
                  location /_synapse/ {
                    set $set 1;
                    auth_request_set $auth $upstream_http_x_auth;
                    set_by_lua $lua "return 1";
                    proxy_pass http://m;
                  }
                }
                """)
            .servers()
            .get(0);
    assertThat(new PassedFields(server, each -> each.is("proxy_pass")))
        .hasToString("        proxy_set_header X-All $all;\n");
  }
}
