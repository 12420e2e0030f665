// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

/** The route file that tests write: a front route with steps of their own. */
public final class TestRoutes {
  /** The front route up to its steps, which stand eight columns to the right from line 9 on. */
  private static final String FRONT =
      """
      - route:
          id: front
          from:
            uri: netty-http:http://{{gateway.host}}:{{gateway.port}}
            parameters:
              nettySharedHttpServer: "#frontDoor"
              usingExecutorService: false
            steps:
      """;

  private TestRoutes() {}

  /**
   * The front route with these steps.
   *
   * @param steps as YAML that begins in the first column, for example {@code - to: direct:main}
   */
  public static String front(String steps) {
    return FRONT + steps.indent(8);
  }

  /** The front route with one step {@code to}. */
  public static String frontTo(String uri) {
    return front("- to: " + uri);
  }
}
