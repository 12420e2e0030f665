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
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.importer.compare.Comparison;
import org.synapsegateway.importer.compare.Report;
import org.synapsegateway.importer.compare.ReportText;
import org.synapsegateway.importer.nginx.Site;

/** Who gets another worker, where nginx goes by the user and the routes by the room. */
class MovesTest {
  @TempDir Path directory;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void requestsOfARoomAreCountedForThemselves() throws IOException {
    String worker =
        """
        worker_app: synapse.app.generic_worker
        worker_name: event_creator%1$d
        worker_listeners: [{path: /run/s/e%1$d.sock, type: http, resources: [{names: [client]}]}]
        """;
    List<Path> files =
        List.of(
            write(
                "homeserver.yaml",
                "listeners: [{path: /run/s/m.sock, type: http, resources: [{names: [client]}]}]"),
            write("e1.yaml", worker.formatted(1)),
            write("e2.yaml", worker.formatted(2)));
    Path nginx =
        write(
            "nginx.conf",
            """
            map $http_authorization $user {
              default $http_authorization;
              "~Bearer syt_(?<name>.*?)_.*" $name;
            }
            upstream events { hash $user consistent; server unix:/run/s/e1.sock; server unix:/run/s/e2.sock; }
            upstream main { server unix:/run/s/m.sock; }
            server {
              listen 80;
              location ~ ^/_matrix/client/(r0|v3)/(join/|profile/|rooms/[^/]+/send) { proxy_pass http://events; }
              location / { proxy_pass http://main; }
            }
            """);
    Path out = directory.resolve("out");
    new Target(out).write(Import.of(files, out, NginxProxy.read(nginx, false), false).files());
    Map<String, String> properties =
        Map.of(
            "camel.main.routesIncludePattern",
            "file:" + out + "/routes/*.camel.yaml",
            "gateway.workers.directory",
            "/run/s");
    try (DryRun dryRun = DryRun.start(properties)) {
      Report report = Comparison.of(Site.read(nginx), dryRun, Map.of(), null, null);
      assertThat(ReportText.of(report))
          .contains("  events -> event-creator: 100 %\n")
          .containsPattern("  events -> event-creator, requests of a room: [3-7]\\d %\n")
          .containsPattern(
              "events -> event-creator: (PUT|POST) /_matrix/client/r0/(join|rooms)/.*\n      [3-7]\\d % of the users move once: nginx goes by hash \\$user consistent, the routes by room");
    }
  }
}
