package org.synapsegateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells what an nginx decides otherwise than the routes. */
@Command(
    name = "import",
    description =
        "Compares an nginx with the routes of this directory: for every request that the patterns of"
            + " both can tell apart, who nginx sends it to and who the routes do. Connects to nothing.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:both decide alike, or the routes better",
      "1:one of the files cannot be read",
      "2:a command line that makes no sense",
      "3:there are differences to look at"
    },
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Comparing comparing = new Comparing();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    if (!comparing.isWanted()) {
      throw new ParameterException(
          spec.commandLine(), "Name the configuration: --compare NGINX.CONF");
    }
    return comparing.run(output);
  }
}
