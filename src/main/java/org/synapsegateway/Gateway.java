package org.synapsegateway;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The gateway's commands: without one it runs; {@code demo} runs it before workers of its own;
 * {@code check} and {@code explain} tell what it would do; {@code worker} talks to the one that
 * runs.
 *
 * <p>Exit status: 0 for a stop by signal and for a command that has done its work, 1 if the gateway
 * could not start or {@code check} found an error, 2 for a command line that makes no sense.
 */
@Command(
    name = "java -jar synapse-gateway.jar",
    description = "Runs the gateway on config/ and routes/ of the working directory.",
    mixinStandardHelpOptions = true,
    versionProvider = Gateway.Version.class,
    subcommands = {Gateway.DemoCommand.class, Check.class, Explain.class, WorkerCommand.class},
    footer = {"", "Without a command it runs until a signal stops it."})
public final class Gateway implements Callable<Integer> {
  static final int MISUSED = 2;

  private Gateway() {}

  /** Runs a command. */
  public static void main(String[] args) {
    // without a command there is nothing to parse, and the start is quicker
    System.exit(args.length == 0 ? new GatewayMain().runAndReport() : run(args));
  }

  static int run(String... args) {
    return new CommandLine(new Gateway()).execute(args);
  }

  static String version() {
    String version = Gateway.class.getPackage().getImplementationVersion();
    return version == null ? "not packaged" : version;
  }

  @Override
  public Integer call() {
    return new GatewayMain().runAndReport();
  }

  /** The {@link Demo} as a command. */
  @Command(
      name = "demo",
      description = "Runs the gateway before small workers of its own on UNIX sockets.",
      mixinStandardHelpOptions = true)
  static final class DemoCommand implements Callable<Integer> {
    @Option(
        names = "--once",
        description = "Ask the examples, print the replies and end; exit 1 if one is not 200.")
    private boolean once;

    @Override
    public Integer call() {
      return once ? Demo.once() : Demo.run();
    }
  }

  /** The version that the jar's manifest has. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {version()};
    }
  }
}
