// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A site that is made up: some workers, and whom some lines of Synapse's documentation lead to. */
final class MadeSite {
  private static final List<String> LINES =
      List.of(
          "^/_matrix/client/(r0|v3|unstable)/sync$",
          "^/_matrix/client/(api/v1|r0|v3)/events$",
          "^/_matrix/client/(api/v1|r0|v3|unstable)/rooms/[^/]+/(send|state|redact)/",
          "^/_matrix/client/(api/v1|r0|v3|unstable)/rooms/.*/(join|invite|leave)$",
          "^/_matrix/client/(api/v1|r0|v3|unstable)/rooms/.*/messages$",
          "^/_matrix/client/(r0|v3|unstable)/keys/(changes|claim|query)$",
          "^/_matrix/client/(api/v1|r0|v3|unstable)/login$",
          "^/_matrix/client/versions$",
          "^/_matrix/client/(r0|v3|unstable)/rooms/.*/typing",
          "^/_matrix/federation/v1/send/",
          "^/_matrix/federation/v[12]/",
          "^/_matrix/key/v2/query",
          "/joined_members$",
          "^/_matrix/(client/v1/)?media/");

  private final Random random;
  private final Map<String, List<String>> upstreams = new LinkedHashMap<>();
  private final Map<String, String> lines = new LinkedHashMap<>();
  private final int workers;
  private final boolean splitsSyncs;

  MadeSite(Random random) {
    this.random = random;
    workers = 2 + random.nextInt(5);
    splitsSyncs = random.nextBoolean();
    upstreams.put("main", List.of("main"));
    int count = 2 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      List<String> servers = new ArrayList<>();
      for (int w = 0; w < workers; w++) {
        if (random.nextInt(3) == 0) {
          servers.add("worker" + w);
        }
      }
      upstreams.put("u" + i, servers.isEmpty() ? List.of("worker0") : servers);
    }
    List<String> all = new ArrayList<>(LINES);
    Collections.shuffle(all, random);
    all.subList(0, 4 + random.nextInt(10)).forEach(line -> lines.put(line, upstream()));
  }

  private String upstream() {
    return List.copyOf(upstreams.keySet()).get(random.nextInt(upstreams.size()));
  }

  void write(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("workers"));
    Files.writeString(
        directory.resolve("homeserver.yaml"),
        """
        server_name: example.org
        listeners:
          - {path: /run/s/main.sock, type: http, resources: [{names: [client, federation]}]}
        """);
    for (int i = 0; i < workers; i++) {
      Files.writeString(
          directory.resolve("workers/worker" + i + ".yaml"),
          """
          worker_app: synapse.app.generic_worker
          worker_name: worker%d
          worker_listeners:
            - {path: /run/s/worker%d.sock, type: http, resources: [{names: [client, federation]}]}
          """
              .formatted(i, i));
    }
  }

  /** How an nginx configuration says which upstream a path goes to. */
  enum Shape {
    /** A location for each line. */
    LOCATIONS,
    /** A location for each upstream. */
    ALTERNATIVES,
    /** A map of the path. */
    MAP,
    /** A variable that locations set for one proxy_pass. */
    SET
  }

  String nginx(Shape shape) {
    StringBuilder text = new StringBuilder();
    upstreams.forEach(
        (name, servers) -> {
          text.append("upstream ").append(name).append(" {");
          text.append(servers.size() > 1 ? " hash $remote_addr consistent;" : "");
          servers.forEach(server -> text.append(" server unix:/run/s/" + server + ".sock;"));
          text.append(" }\n");
        });
    text.append("map $arg_since $syncs { default u0; \"\" u1; }\n");
    if (shape == Shape.MAP) {
      text.append("map $uri $backend {\n  default main;\n");
      lines.forEach((line, upstream) -> text.append("  \"~" + line + "\" " + of(line) + ";\n"));
      text.append("}\n");
    }
    text.append("server {\n  listen 80;\n  server_name matrix.example.org;\n");
    text.append("  merge_slashes off;\n  location ^~ /_synapse/replication { return 403; }\n");
    switch (shape) {
      case LOCATIONS ->
          lines.keySet().forEach(line -> location(text, line, "proxy_pass http://" + of(line)));
      case ALTERNATIVES ->
          upstreams
              .keySet()
              .forEach(
                  upstream -> {
                    List<String> its =
                        lines.keySet().stream().filter(l -> lines.get(l).equals(upstream)).toList();
                    if (!its.isEmpty()) {
                      location(
                          text,
                          "(" + String.join("|", its) + ")",
                          "proxy_pass http://" + upstream + "$request_uri");
                    }
                  });
      case MAP -> text.append("  location / { proxy_pass http://$backend$request_uri; }\n");
      case SET ->
          lines
              .keySet()
              .forEach(
                  line ->
                      location(
                          text, line, "set $pass http://" + of(line) + ";\n    proxy_pass $pass"));
    }
    if (shape != Shape.MAP) {
      text.append("  location / { proxy_pass http://main; }\n");
    }
    return text.append("}\n").toString();
  }

  private String of(String line) {
    return splitsSyncs && line.endsWith("/sync$") ? "$syncs" : lines.get(line);
  }

  private static void location(StringBuilder text, String line, String pass) {
    text.append("  location ~ \"" + line + "\" {\n    " + pass + ";\n  }\n");
  }
}
