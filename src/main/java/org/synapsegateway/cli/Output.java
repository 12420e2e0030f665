// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.function.Supplier;
import org.synapsegateway.management.Json;
import picocli.CommandLine.Option;

/** How a command tells what it has found: as text for people, or as JSON for scripts. */
final class Output {
  @Option(names = "--json", description = "print JSON")
  private boolean json;

  /** Prints what is told in the end: a record, a map or a list, and the same for people. */
  void print(Object value, Supplier<?> text) {
    System.out.print(json ? Json.of(value) : text.get());
  }

  /** Tells people, who see it on their screen, how far the command is. */
  void progress(String text) {
    if (!json) {
      System.out.print(text);
    }
  }
}
