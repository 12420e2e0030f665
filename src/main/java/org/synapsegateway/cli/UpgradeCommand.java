// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.synapsegateway.process.Upgraded;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code upgrade}: a new process takes the place of the running gateway. */
@Command(
    name = "upgrade",
    description =
        "Has a new process take the place of the running gateway: with the program, the settings"
            + " and the routes that are there now. It takes the listening sockets over and serves"
            + " before the one that runs stops accepting; that one ends with its last connection."
            + " If the new one cannot start nothing changes. Run it in the gateway's directory,"
            + " where config/ names the management port.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:the new process serves",
      "1:the new process could not start, may not, or did not answer in time; the running one"
          + " continues",
      "2:a command line that makes no sense",
      "3:the gateway that runs cannot be upgraded, or none answers; restart it"
    },
    mixinStandardHelpOptions = true)
public final class UpgradeCommand implements Callable<Integer> {
  /** Longer than each step may take, and a reload before it. */
  private static final Duration TIMEOUT = Duration.ofMinutes(4);

  private static final int RESTART = 3;

  /** The statuses of a gateway, or a version of it, that cannot be upgraded. */
  private static final Set<Integer> CANNOT = Set.of(404, 405, 501);

  @Mixin private TokenOption token = new TokenOption();

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    try {
      Upgraded done =
          ManagementClient.ofThisDirectory()
              .post("/observe/upgrade", TIMEOUT, token.read(), Upgraded.class);
      output.print(done, () -> "Upgraded: " + done.text() + "\n");
      return 0;
    } catch (ManagementClient.Refused e) {
      output.fail(e);
      return CANNOT.contains(e.status()) ? RESTART : 1;
    } catch (IOException e) {
      output.fail(e);
      return RESTART;
    } catch (IllegalArgumentException e) {
      output.fail(e);
      return 1;
    }
  }
}
