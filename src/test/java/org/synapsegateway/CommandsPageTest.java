package org.synapsegateway;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.synapsegateway.docs.GeneratedPart;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/reference/cli.md prints what {@code --help} of each command prints. */
class CommandsPageTest {
  @Test
  void thePageHasTheHelpOfEachCommand() throws IOException {
    StringBuilder page = new StringBuilder();
    CommandLine gateway = new CommandLine(Gateway.class);
    help("synapse-gateway.jar", gateway, page);
    GeneratedPart.check("cli.md", page.toString());
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
