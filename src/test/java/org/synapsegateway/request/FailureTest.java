// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.synapsegateway.docs.GeneratedPart;
import org.synapsegateway.http.Failure;

/** docs/reference/errors.md lists every {@link Failure}. */
class FailureTest {
  @Test
  void thePageHasARowForEveryFailure() throws IOException {
    String rows =
        Arrays.stream(Failure.values())
            .map(
                failure ->
                    "| %d | `%s` | %s | `%s` |\n"
                        .formatted(
                            failure.status(),
                            ErrorCode.of(failure),
                            failure.error(),
                            failure.tag()))
            .collect(Collectors.joining());
    GeneratedPart.check(
        "errors.md",
        "replies",
        "| status | `errcode` | `error` | name in metrics and logs |\n| --- | --- | --- | --- |\n"
            + rows);
  }
}
