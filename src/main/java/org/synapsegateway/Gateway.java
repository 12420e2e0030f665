package org.synapsegateway;

import java.util.Arrays;
import java.util.List;

/**
 * The gateway's commands: without one it runs; {@code demo} runs it before workers of its own.
 *
 * <p>Exit status: 0 for a stop by signal, 1 if the gateway could not start, 2 for a command that it
 * does not know.
 */
public final class Gateway {
  private static final String USAGE =
      """
      Usage: java -jar synapse-gateway.jar [command]

        (none)   run on config/ and routes/ of the working directory
        demo     the same, before small workers of its own on UNIX sockets
        --help   print this
      """;

  private Gateway() {}

  /** Runs a command. */
  public static void main(String[] args) throws Exception {
    System.exit(run(Arrays.asList(args)));
  }

  private static int run(List<String> args) throws Exception {
    String command = args.isEmpty() ? "" : args.get(0);
    if (args.size() > 1) {
      System.err.println("Too many arguments: " + String.join(" ", args) + "\n\n" + USAGE);
      return 2;
    }
    return switch (command) {
      case "" -> new GatewayMain().runAndReport();
      case "demo" -> Demo.run();
      case "--help", "-h", "help" -> {
        System.out.print(USAGE);
        yield 0;
      }
      default -> {
        System.err.println("Unknown command: " + command + "\n\n" + USAGE);
        yield 2;
      }
    };
  }
}
