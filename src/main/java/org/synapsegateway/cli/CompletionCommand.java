// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code completion}: a script that makes bash complete commands and options. */
@Command(
    name = "completion",
    description =
        "Prints a script that makes bash, or zsh with bashcompinit, complete commands and options:"
            + " source <(synapse-gateway completion)",
    mixinStandardHelpOptions = true)
public final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "the name of the command, by default ${DEFAULT-VALUE}")
  private String name = "synapse-gateway";

  @Override
  public Integer call() {
    if (!name.matches("[\\w.-]+")) {
      throw new ParameterException(
          spec.commandLine(), "\"" + name + "\" is no name of a command; write for example gw");
    }
    System.out.print(AutoComplete.bash(name, spec.root().commandLine()));
    return 0;
  }
}
