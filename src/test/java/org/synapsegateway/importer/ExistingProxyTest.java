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
}
