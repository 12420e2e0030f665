// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.synapsegateway.demo.Demo;
import org.synapsegateway.demo.Training;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code demo}: runs the {@link Demo}. */
@Command(
    name = "demo",
    description = "Runs the gateway before small workers of its own on UNIX sockets.",
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--once",
      description = "Ask the examples, print the replies and end; exit 1 if one is not 200.")
  private boolean once;

  @Option(
      names = "--train",
      paramLabel = "SECONDS",
      description = "Serve traffic of every kind for so long and end, for Java to record.",
      hidden = true)
  private int trainingSeconds;

  @Option(
      names = "--java",
      paramLabel = "OPTION",
      description = "An option of Java for the gateway that is trained.",
      hidden = true)
  private List<String> options = List.of();

  @Option(
      names = "--tls",
      description = "Speak https, and HTTP/2, with a certificate that the demo makes for itself.")
  private boolean tls;

  @Override
  public Integer call() {
    if (trainingSeconds > 0) {
      return Training.run(trainingSeconds, options);
    }
    return once ? Demo.once(tls) : Demo.run(tls);
  }
}
