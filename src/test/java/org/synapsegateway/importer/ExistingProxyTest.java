// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.importer.ExistingProxy.Share;

/** What a proxy does counts more than a name, and less than the configuration and an answer. */
class ExistingProxyTest {
  @TempDir Path directory;

  private Import made(Map<RouteGroup, List<Share>> shares) throws IOException {
    Path home = directory.resolve("homeserver.yaml");
    Files.writeString(
        home,
        """
        listeners: [{path: /s/main.sock, type: http, resources: [{names: [client, federation]}]}]
        stream_writers: {typing: writer}
        instance_map: {writer: {path: /s/r.sock}}
        """);
    Path workers = Files.createDirectories(directory.resolve("workers"));
    for (String name : List.of("sync1", "sync2", "writer")) {
      Files.writeString(
          workers.resolve(name + ".yaml"),
          """
          worker_app: synapse.app.generic_worker
          worker_name: %s
          worker_listeners: [{path: /s/%s.sock, type: http, resources: [{names: [client]}]}]
          """
              .formatted(name, name));
    }
    return Import.of(
        List.of(home, workers), directory, group -> shares.getOrDefault(group, List.of()), false);
  }

  private static Share share(String worker, int lines) {
    return new Share(List.of("unix:/s/" + worker + ".sock"), lines, "nginx.conf:" + lines);
  }

  @Test
  void aNameCountsWhereNoProxyNamesTheWorker() throws IOException {
    Import made = made(Map.of(RouteGroup.LOGIN, List.of(share("sync2", 4))));
    assertThat(made.workers())
        .containsEntry("login", List.of("sync2"))
        .containsEntry("normal-sync", List.of("sync1"));
    assertThat(made.files().get("routes/login.camel.yaml")).contains("(proxy: nginx.conf:4)");
  }

  @Test
  void aWriterIsAFact() throws IOException {
    Import made = made(Map.of(RouteGroup.TYPING, List.of(share("sync1", 1))));
    assertThat(made.workers()).containsEntry("typing", List.of("writer"));
    assertThat(made.findings())
        .anyMatch(
            finding ->
                finding.wanting()
                    && finding
                        .toString()
                        .equals(
                            "nginx.conf:1: 1 request lines of typing lead to [unix:/s/sync1.sock], and writer serves it [not-the-writer]"));
  }

  @Test
  void mostLinesWinAndTheOthersAreTold() throws IOException {
    Import made =
        made(Map.of(RouteGroup.EVENT_CREATOR, List.of(share("sync1", 7), share("sync2", 2))));
    assertThat(made.workers()).containsEntry("event-creator", List.of("sync1"));
    assertThat(made.findings())
        .anyMatch(finding -> finding.toString().startsWith("nginx.conf:2: 2 request lines"));
  }

  @Test
  void anAnswerCountsMore() throws IOException {
    Files.writeString(directory.resolve(Answers.FILE), "sync1: client-reader\n");
    Import made = made(Map.of(RouteGroup.LOGIN, List.of(share("sync1", 1))));
    assertThat(made.workers())
        .containsEntry("client-reader", List.of("sync1"))
        .doesNotContainKey("login");
  }

  /** As Synapse's own documentation has it. */
  @Test
  void whatOnlySetsAFieldDecidesNothing() throws IOException {
    Path file = directory.resolve("haproxy.cfg");
    Files.writeString(
        file,
        """
        defaults
          mode http
        frontend https
          bind *:443,[::]:8448 ssl crt /etc/ssl/haproxy/ alpn h2,http/1.1
          http-request set-header X-Forwarded-Proto https if { ssl_fc }
          http-request set-header X-Seen yes if { src_is_known_to_nobody }
          redirect scheme https if !{ ssl_fc }
          default_backend matrix
        backend matrix
          server matrix 127.0.0.1:8008
        """);
    HaproxyProxy proxy = HaproxyProxy.read(file);
    assertThat(proxy.ask("GET", "/_matrix/x").orElseThrow().decision().outcome())
        .isEqualTo("matrix");
    assertThat(proxy.ports()).containsExactlyInAnyOrder(443, 8448);
  }

  /** nginx takes the texts of a map in any case; Synapse's paths are only as they are written. */
  @Test
  void faithfulRoutesHaveTheTextsAndTheKeysOfNginx() throws IOException {
    Path nginx = directory.resolve("nginx.conf");
    Files.writeString(
        nginx,
        """
        map $uri $up { default main; /_matrix/client/v3/createRoom syncs; }
        map $http_x_bridge $bridge { default $up; IRC-Bridge syncs; }
        upstream main { server unix:/s/main.sock; }
        upstream syncs {
          hash $http_x_forwarded_for;
          server unix:/s/sync1.sock;
          server unix:/s/sync2.sock;
        }
        server {
          listen 443 ssl;
          location /_matrix/client/v3/register { return 405; }
          location / { proxy_pass http://$bridge; }
        }
        """);
    made(Map.of());
    Map<String, String> files =
        Import.of(
                List.of(directory.resolve("homeserver.yaml"), directory.resolve("workers")),
                directory,
                NginxProxy.read(nginx, true),
                false)
            .files();
    assertThat(files.get("routes/front.camel.yaml"))
        .contains("^/_matrix/client/v3/createRoom$")
        .contains("x-bridge: IRC-Bridge")
        .containsPattern("\\^/_matrix/client/v3/register\\n +steps:\\n +- to: direct:forbidden");
    assertThat(files.get("routes/nginx.camel.yaml")).contains("key: \"client-address\"");
  }
}
