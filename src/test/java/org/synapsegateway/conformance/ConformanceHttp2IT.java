// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gateway passes every case of HTTP/2, over TLS. */
class ConformanceHttp2IT extends CasesOverTls {
  @TestFactory
  Stream<DynamicTest> passes() throws IOException {
    return CaseReader.readAll(Conformance.HTTP2_CASES, "https").stream().map(this::test);
  }
}
