// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.wire.ScriptedWorker;

/**
 * Routes with three groups: {@code hard}, whose workers {@code a} and {@code b} nobody stands in
 * for, {@code soft}, whose worker {@code c} has the main process behind it, and {@code main}.
 */
public final class TestFleet {
  private static final String YAML =
      """
      - errorHandler:
          noErrorHandler: {}
      - beans:
          - name: hard
            type: org.synapsegateway.loadbalance.ConsistentHash
            properties:
              key: path
          - name: soft
            type: org.synapsegateway.loadbalance.ConsistentHash
      """
          + TestRoutes.front(
              """
              - choice:
                  when:
                    - expression:
                        language:
                          language: request
                          expression: GET ^/hard
                      steps:
                        - to: direct:hard
                    - expression:
                        language:
                          language: request
                          expression: GET ^/soft
                      steps:
                        - to: direct:soft
                  otherwise:
                    steps:
                      - to: direct:main
              """)
          + """
      - route:
          id: hard
          from:
            uri: direct:hard
            steps:
              - loadBalance:
                  customLoadBalancer:
                    ref: hard
                  steps:
                    - to: worker:unix:%1$s/a.sock
                    - to: worker:unix:%1$s/b.sock
      - route:
          id: soft
          description: What main does too
          from:
            uri: direct:soft
            steps:
              - loadBalance:
                  customLoadBalancer:
                    ref: soft
                  steps:
                    - to: worker:unix:%1$s/c.sock
                    - to: direct:main
      - route:
          id: main
          from:
            uri: direct:main
            steps:
              - to: worker:unix:%1$s/main.sock
      """;

  private TestFleet() {}

  /** Writes the routes; returns their directory. */
  public static Path routes(Path directory) throws IOException {
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(routes.resolve("all.camel.yaml"), YAML.formatted(directory));
    return routes;
  }

  /** A worker that answers with its name. */
  public static ScriptedWorker worker(Path directory, String name) throws IOException {
    return ScriptedWorker.at(directory.resolve(name + ".sock"), ScriptedWorker.saying(name));
  }
}
