// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.function.Supplier;
import org.synapsegateway.management.Json;
import picocli.CommandLine.Option;

/** Prints the result of a command: as text for people, or as JSON for scripts. */
final class Output {
  @Option(names = "--json", description = "print JSON")
  private boolean json;

  /** Prints the result, a record, a map or a list, or the same as text. */
  void print(Object value, Supplier<?> text) {
    System.out.print(json ? Json.of(value) : text.get());
  }

  /** Prints progress, for people only. */
  void progress(String text) {
    if (!json) {
      System.out.print(text);
    }
  }
}
