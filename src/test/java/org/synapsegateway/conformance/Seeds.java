// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** The bytes of all cases by themselves, for those who change them and look what happens. */
public final class Seeds {
  private static final int LONGEST = 4096;

  private Seeds() {}

  /** What the client sends in each case that has a client, one text a case. */
  public static List<String> ofClients() {
    return all(Conformance.CASES, Case::clientBytes);
  }

  /** What the workers send in each case in which they do, one text a case. */
  public static List<String> ofWorkers() {
    return all(Conformance.CASES, Case::workerBytes);
  }

  /** The frames that the client sends in each case of HTTP/2, one text a case. */
  public static List<String> ofHttp2Clients() {
    return all(Conformance.HTTP2_CASES, Case::clientBytes);
  }

  private static List<String> all(Path cases, Function<Case, String> bytes) {
    try {
      return CaseReader.readAll(cases).stream()
          .map(bytes)
          .filter(text -> !text.isEmpty() && text.length() <= LONGEST)
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
