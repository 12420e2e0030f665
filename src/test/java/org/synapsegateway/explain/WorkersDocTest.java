// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.synapsegateway.explain.WorkersDoc.Endpoint;

class WorkersDocTest {
  private static final String DOC =
      """
      # Workers

      Send `^/_matrix/not/this` anywhere.

          # Sync requests
          ^/_matrix/client/(r0|v3)/sync$

          # Writes
          ^/_matrix/client/v3/keys/upload
          ^/_matrix/client/v3/nobody/has/this$

      For these, too:

          ^/_matrix/client/versions$

      ##### The `typing` stream

          ^/_matrix/client/(api/v1|r0|v3|unstable)/rooms/.*/typing

      ```
      location ~ ^/_matrix/client/(r0|v3)/sync$ {
      ^/_matrix/fenced(
      ```

      ### Media

          /_matrix/media/
      """;

  @Test
  void readsTheLinesOfCodeBlocksUnderTheNearestTitle() {
    assertThat(WorkersDoc.parse(DOC).endpoints())
        .containsExactly(
            new Endpoint("Sync requests", 6, "^/_matrix/client/(r0|v3)/sync$"),
            new Endpoint("Writes", 9, "^/_matrix/client/v3/keys/upload"),
            new Endpoint("Writes", 10, "^/_matrix/client/v3/nobody/has/this$"),
            new Endpoint("Workers", 14, "^/_matrix/client/versions$"),
            new Endpoint(
                "The `typing` stream",
                18,
                "^/_matrix/client/(api/v1|r0|v3|unstable)/rooms/.*/typing"),
            new Endpoint("The `typing` stream", 22, "^/_matrix/fenced("),
            new Endpoint("Media", 27, "/_matrix/media/"));
  }

  @Test
  void tellsWhatTheShippedRoutesMissAndSendElsewhere() {
    String doc = DOC.replace("# Writes\n", "# Sync requests\n");

    try (DryRun dryRun = DryRun.start()) {
      assertThat(WorkersDocReport.of(WorkersDoc.parse(doc), dryRun))
          .contains("27    /_matrix/media/ ")
          .contains(
              "missed: no worker of ours serves: 1\n"
                  + "  10  ^/_matrix/client/v3/nobody/has/this$  main\n")
          .contains("elsewhere: not in the group that serves its heading: 1\n")
          .containsPattern(
              "\n  (6 .* initial-sync, not device-lists|9 .* device-lists, not initial-sync)\n")
          .containsPattern("in excess: ours alone: \\d+\n")
          .contains("not understood: 1\n  22  ^/_matrix/fenced(  ");
    }
  }
}
