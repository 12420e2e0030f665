// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenFailureTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bind(..) failed with error(-98): Address already in use | Address already in use; another server listens there: stop it, or choose another port (a, b)
          Address already in use | Address already in use; another server listens there: stop it, or choose another port (a, b)
          bind(..) failed with error(-13): Permission denied | Permission denied; a port below 1024 takes the capability CAP_NET_BIND_SERVICE: choose another port, or give it, as AmbientCapabilities= of a systemd unit does (a, b)
          bind(..) failed with error(-99): Cannot assign requested address | Cannot assign requested address; this machine has no such address (a, b)
          something else | something else (a, b)
          """)
  void itSaysWhatMendsIt(String cause, String said) {
    assertThat(ListenFailure.describe("h:1", new IOException(cause), "a, b"))
        .isEqualTo("cannot listen on h:1: " + said);
  }
}
