package org.synapsegateway.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.synapsegateway.process.Reloaded;
import picocli.CommandLine.Command;

/** Asks the gateway that runs to read its files again, and tells what came of it. */
@Command(
    name = "reload",
    description =
        "Lets the gateway that runs read config/ and routes/ again, whether or not"
            + " gateway.reload is on, and prints what has changed. If anything is wrong nothing"
            + " changes. Run it in the gateway's directory, where config/ names the management port.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:the files are loaded",
      "1:they are not, and those before go on; or no gateway answers",
      "2:a command line that makes no sense"
    },
    mixinStandardHelpOptions = true)
public final class ReloadCommand implements Callable<Integer> {
  /** Longer than a reload may take, and one before it. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @Override
  public Integer call() {
    try {
      Reloaded done =
          ManagementClient.ofThisDirectory().post("/observe/reload", PATIENCE, Reloaded.class);
      System.out.println("Reloaded: " + done.text());
      done.nextStart()
          .forEach(key -> System.out.println(key + " takes effect at the next start only"));
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }
}
