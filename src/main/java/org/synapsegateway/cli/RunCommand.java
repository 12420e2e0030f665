// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.concurrent.Callable;
import org.synapsegateway.explain.ExplainPage;
import org.synapsegateway.process.GatewayMain;
import org.synapsegateway.process.HeadStart;
import org.synapsegateway.process.ProcessRun;
import picocli.CommandLine.Command;

/** The command {@code run}, also the default: runs the gateway. */
@Command(
    name = "run",
    description = "Runs the gateway until a signal stops it; SIGHUP reloads its files.",
    mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    HeadStart.begin();
    return new ProcessRun(new GatewayMain(ExplainPage::new)).run();
  }
}
