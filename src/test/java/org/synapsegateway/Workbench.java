// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;
import org.synapsegateway.cli.Commands;

/**
 * A working directory, empty before each test, and the commands that are run in it.
 *
 * <p>They run one after the other in one process, because Java cannot change its working directory,
 * and to start the jar for each of them takes ten times as long.
 */
public final class Workbench implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
  /** In MiB. */
  static final int HEAP = 200;

  private static final long PATIENCE_SECONDS = 60;

  private final Map<String, String> environment;
  private Path directory;
  private Process process;
  private DataOutputStream commands;
  private DataInputStream results;

  /**
   * @param environment variables that the commands see
   */
  public Workbench(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * What a command has done.
   *
   * @param output what it printed, on standard output and standard error
   */
  public record Result(int status, String output) {}

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("workbench");
  }

  private void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx" + HEAP + "m",
                "-cp",
                classPath(),
                Server.class.getName())
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    process = builder.start();
    commands = new DataOutputStream(process.getOutputStream());
    results = new DataInputStream(process.getInputStream());
  }

  /** That of this process; Maven's may be relative to its own working directory. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .reduce((a, b) -> a + File.pathSeparator + b)
        .orElseThrow();
  }

  /** Empties the working directory. */
  public void clear() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        delete(file);
      }
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    clear();
    if (process == null || !process.isAlive()) {
      start();
    }
  }

  private static void delete(Path file) throws IOException {
    if (Files.isDirectory(file) && !Files.isSymbolicLink(file)) {
      try (Stream<Path> files = Files.list(file)) {
        for (Path each : files.toList()) {
          delete(each);
        }
      }
    }
    Files.delete(file);
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    process.destroyForcibly().waitFor();
    delete(directory);
  }

  public Path directory() {
    return directory;
  }

  /** Writes a file of the working directory. */
  public void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Runs a command; without words that is the start. */
  public Result run(String... command) throws IOException {
    return run(Map.of(), command);
  }

  /**
   * Runs a command as with {@code -D} for each of these properties.
   *
   * @throws EOFException if the command ends its process, or does not end
   */
  public Result run(Map<String, String> properties, String... command) throws IOException {
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    try {
      send(properties, command);
      int status = results.readInt();
      byte[] output = results.readNBytes(results.readInt());
      return new Result(status, new String(output, StandardCharsets.UTF_8));
    } finally {
      late.cancel(false);
    }
  }

  private void send(Map<String, String> properties, String... command) throws IOException {
    commands.writeInt(properties.size());
    for (Map.Entry<String, String> property : properties.entrySet()) {
      commands.writeUTF(property.getKey());
      commands.writeUTF(property.getValue());
    }
    commands.writeInt(command.length);
    for (String word : command) {
      commands.writeUTF(word);
    }
    commands.flush();
  }

  /** The process that runs the commands. */
  static final class Server {
    private Server() {}

    public static void main(String[] args) throws IOException {
      DataInputStream commands = new DataInputStream(System.in);
      try (DataOutputStream results =
          new DataOutputStream(new FileOutputStream(FileDescriptor.out))) {
        while (true) {
          ByteArrayOutputStream output = new ByteArrayOutputStream();
          PrintStream both = new PrintStream(output, true, StandardCharsets.UTF_8);
          System.setOut(both);
          System.setErr(both);
          int status = run(commands);
          results.writeInt(status);
          results.writeInt(output.size());
          output.writeTo(results);
          results.flush();
        }
      } catch (EOFException e) {
        // the tests have ended
      }
    }

    private static int run(DataInputStream commands) throws IOException {
      List<String> properties = new ArrayList<>();
      Map<Logger, Level> levels = levels();
      try {
        for (int left = commands.readInt(); left > 0; left--) {
          String key = commands.readUTF();
          System.setProperty(key, commands.readUTF());
          properties.add(key);
        }
        String[] command = new String[commands.readInt()];
        for (int i = 0; i < command.length; i++) {
          command[i] = commands.readUTF();
        }
        return Commands.run(command);
      } finally {
        properties.forEach(System::clearProperty);
        levels.forEach(Logger::setLevel);
      }
    }

    private static Map<Logger, Level> levels() {
      Map<Logger, Level> levels = new HashMap<>();
      for (Logger logger : ((LoggerContext) LoggerFactory.getILoggerFactory()).getLoggerList()) {
        if (logger.getLevel() != null) {
          levels.put(logger, logger.getLevel());
        }
      }
      return levels;
    }
  }
}
