// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.synapsegateway.cli.Commands;

/** What a command that does its work prints, run in this process. */
final class CommandOutput {
  private CommandOutput() {}

  static String of(String... command) {
    return ofStatus(0, command);
  }

  /** The same of one that ends with this exit status. */
  static String ofStatus(int status, String... command) {
    PrintStream before = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      assertThat(Commands.run(command)).isEqualTo(status);
    } finally {
      System.setOut(before);
      LogCapture.restoreLevels();
    }
    return output.toString(StandardCharsets.UTF_8);
  }
}
