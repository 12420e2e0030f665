// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.synapsegateway.config.Spelling;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.process.Build;
import org.synapsegateway.settings.Setting;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The gateway's commands: without one it runs; {@code demo} runs it before workers of its own;
 * {@code import} writes its files for a Synapse that is there; {@code check}, {@code explain} and
 * {@code ring} tell what it would do; {@code worker}, {@code reload} and {@code upgrade} talk to
 * the one that runs.
 *
 * <p>Exit status: 0 for a stop by signal and for a command that has done its work, 1 if the gateway
 * could not start or {@code check} found an error, 2 for a command line that makes no sense.
 */
@Command(
    name = "synapse-gateway",
    description = {
      "A reverse proxy and load balancer in front of Synapse's workers.",
      "Its commands use config/ and routes/ of the working directory."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Version.class,
    subcommands = {
      RunCommand.class,
      DemoCommand.class,
      CheckCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      ExplainCommand.class,
      RingCommand.class,
      WorkerCommand.class,
      ReloadCommand.class,
      UpgradeCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:it was stopped by a signal, or the command has done its work",
      "1:it could not start, or what was asked for cannot be done",
      "2:a command line that makes no sense"
    })
public final class Commands implements Callable<Integer> {
  private Commands() {}

  /** Runs a command. */
  public static void main(String[] args) {
    // without a command there is nothing to parse, and the start is quicker
    System.exit(args.length == 0 ? new RunCommand().call() : run(args));
  }

  /** Runs a command; returns its exit status. */
  public static int run(String... args) {
    return commandLine()
        .setParameterExceptionHandler((misuse, same) -> tell(misuse, List.of(args)))
        .execute(args);
  }

  /** The commands, by the name that their caller goes by: the launcher tells its own. */
  public static CommandLine commandLine() {
    CommandLine commands = new CommandLine(new Commands());
    return commands.setCommandName(System.getProperty("launcher.name", commands.getCommandName()));
  }

  /** One line about what makes no sense and what may have been meant, one about where to read. */
  private static int tell(ParameterException misuse, List<String> args) {
    CommandLine command = misuse.getCommandLine();
    String hint =
        misuse instanceof UnmatchedArgumentException unmatched
            ? hint(unmatched.getUnmatched().get(0), words(command))
            : "";
    boolean json = args.contains(Output.JSON) && words(command).contains(Output.JSON);
    new Output(json).fail(Fault.of(code(misuse), "", misuse.getMessage() + hint));
    if (!json) {
      System.err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return CommandLine.ExitCode.USAGE;
  }

  /** What may have been meant: a word of the command, or a setting. */
  private static String hint(String unknown, Set<String> words) {
    String name = unknown.replaceFirst("^--?(D|set=)?", "").replaceFirst("=.*", "");
    return Arrays.stream(Setting.values())
        .filter(setting -> unknown.startsWith("-"))
        .filter(setting -> setting.key().equals(name) || setting.key().equals("gateway." + name))
        .findFirst()
        .map(Commands::howToSet)
        .orElseGet(() -> Spelling.hint(unknown, words));
  }

  /** The launcher takes settings anywhere, and Java before the jar. */
  private static String howToSet(Setting setting) {
    String example = setting.key() + "=" + setting.defaultValue();
    return System.getProperty("launcher.name") == null
        ? "; a setting goes before -jar: java -D" + example + " -jar .."
        : "; a setting is given by --set " + example;
  }

  private static Code code(ParameterException misuse) {
    if (misuse instanceof UnmatchedArgumentException) {
      return Code.UNKNOWN_ARGUMENT;
    }
    return misuse instanceof MissingParameterException ? Code.MISSING_ARGUMENT : Code.BAD_ARGUMENT;
  }

  /** The commands and options that may follow a command. */
  private static Set<String> words(CommandLine command) {
    Set<String> words = new TreeSet<>(command.getSubcommands().keySet());
    words.addAll(command.getCommandSpec().optionsMap().keySet());
    return words;
  }

  @Override
  public Integer call() {
    return new RunCommand().call();
  }

  /** The version that the jar's manifest has, the commit that it was built of, and this Java's. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "synapse-gateway %s, commit %s, Java %s (%s)"
            .formatted(
                Build.version(),
                Build.commit(),
                System.getProperty("java.version"),
                System.getProperty("java.vendor"))
      };
    }
  }
}
