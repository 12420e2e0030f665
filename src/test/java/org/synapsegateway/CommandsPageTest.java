// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.synapsegateway.cli.Commands;
import org.synapsegateway.docs.GeneratedPart;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/reference/cli.md prints what the help of the launcher and of each command prints. */
class CommandsPageTest {
  @Test
  void thePageHasTheHelpOfEachCommand() throws IOException {
    StringBuilder page = new StringBuilder();
    page.append("### ./gateway help\n\n```text\n").append(helpOfLauncher()).append("```\n\n");
    help("synapse-gateway", Commands.commandLine(), page);
    GeneratedPart.check("cli.md", page.toString());
  }

  private static String helpOfLauncher() throws IOException {
    String begin = "<<'TEXT'\n";
    String launcher = Files.readString(Path.of("gateway"));
    int from = launcher.indexOf(begin) + begin.length();
    return launcher.substring(from, launcher.indexOf("TEXT\n", from));
  }

  private static void help(String name, CommandLine command, StringBuilder page) {
    page.append("### %s --help%n%n```text%n".formatted(name));
    command
        .getUsageMessage(Ansi.OFF)
        .lines()
        .forEach(line -> page.append(line.stripTrailing()).append('\n'));
    page.append("```\n\n");
    command
        .getSubcommands()
        .forEach(
            (word, sub) -> help(command.getParent() == null ? word : name + " " + word, sub, page));
  }
}
