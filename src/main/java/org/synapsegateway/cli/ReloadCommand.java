// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.synapsegateway.process.Reloaded;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code reload}: the running gateway reads its files again. */
@Command(
    name = "reload",
    description =
        "Has the running gateway read config/ and routes/ again, whether or not"
            + " gateway.reload is on, and prints what has changed. If anything is wrong nothing"
            + " changes. Run it in the gateway's directory, where config/ names the management port.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:the files are loaded",
      "1:they are not valid, and the current routes stay; or no gateway answers",
      "2:a command line that makes no sense"
    },
    mixinStandardHelpOptions = true)
public final class ReloadCommand implements Callable<Integer> {
  /** Longer than a reload may take, and one before it. */
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  @Mixin private TokenOption token = new TokenOption();

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    try {
      Reloaded done =
          ManagementClient.ofThisDirectory()
              .post("/observe/reload", TIMEOUT, token.read(), Reloaded.class);
      output.print(done, () -> text(done));
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      output.fail(e);
      return 1;
    }
  }

  private static String text(Reloaded done) {
    StringBuilder text = new StringBuilder("Reloaded: ").append(done.text()).append('\n');
    done.nextStart()
        .forEach(key -> text.append(key).append(" takes effect at the next start only\n"));
    return text.toString();
  }
}
