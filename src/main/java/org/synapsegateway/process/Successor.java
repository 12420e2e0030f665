// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.process.Dialogue.Word;

/**
 * The process that replaces this one: starts it, hands over what it needs, and waits until it
 * serves. Until then this process serves, and continues to if the new one fails.
 */
final class Successor {
  /** The environment variable with the path of the socket where a process waits for the next. */
  static final String SOCKET = "SYNAPSE_GATEWAY_PREDECESSOR";

  private static final Logger LOG = LoggerFactory.getLogger(Successor.class);
  private static final int LOOK_MILLIS = 100;

  /** How long a process may take to end that is killed. */
  private static final int END_SECONDS = 5;

  /** Starts a process, which connects to a socket. */
  interface Launcher {
    Launched launch(Path socket) throws IOException;
  }

  /**
   * A process that has been started.
   *
   * @param ended says how it has ended; null while it runs
   * @param end ends it, and waits until it has ended
   */
  record Launched(long number, Supplier<String> ended, Runnable end) {}

  /** What the process hands over. */
  interface Estate {
    /** What it listens on: descriptors, with what they are asked for by. */
    List<Map.Entry<String, Integer>> sockets();

    /** What is needed for the start. */
    Map<String, byte[]> first();

    /** Stops what only one process may do at a time; returns what is known at that moment. */
    Map<String, byte[]> pause();

    /** Resumes what has been stopped, if anything has: the other process has failed. */
    void goOn();

    /** Stops serving, because the other process serves. */
    void leave(long process);
  }

  private Successor() {}

  /**
   * Has a new process take over.
   *
   * @return its number
   * @throws IOException if it does not; says why, and this process continues
   */
  static long start(Launcher launcher, Estate estate) throws IOException {
    Path directory = Files.createTempDirectory("upgrade"); // open to this user only
    Path socket = directory.resolve("socket");
    try (AFUNIXServerSocket waiting = AFUNIXServerSocket.bindOn(AFUNIXSocketAddress.of(socket))) {
      Launched next = launcher.launch(socket);
      LOG.info("Process {} is to take over", next.number());
      try (Dialogue dialogue = new Dialogue(accept(waiting, next))) {
        handOver(dialogue, estate, next.number());
        return next.number();
      } catch (IOException | RuntimeException e) {
        next.end().run(); // before, it may still have the ports of consumers that go on here
        estate.goOn();
        throw e;
      }
    } finally {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(directory);
    }
  }

  private static AFUNIXSocket accept(AFUNIXServerSocket waiting, Launched next) throws IOException {
    long begin = System.nanoTime();
    waiting.setSoTimeout(LOOK_MILLIS);
    while (System.nanoTime() - begin < Dialogue.TIMEOUT.toNanos()) {
      try {
        return waiting.accept();
      } catch (SocketTimeoutException e) {
        String end = next.ended().get();
        if (end != null) {
          throw new IOException(
              "the new process has ended with " + end + " before it could take over; see the log",
              e);
        }
      }
    }
    throw new IOException(
        "the new process has not started within " + Dialogue.TIMEOUT.toSeconds() + " s");
  }

  private static void handOver(Dialogue dialogue, Estate estate, long process) throws IOException {
    dialogue.sendSockets(estate.sockets());
    dialogue.sendParts(estate.first());
    expect(dialogue, Word.TAKE_OVER);
    Map<String, byte[]> known = estate.pause();
    dialogue.say(Word.TAKE_OVER);
    dialogue.sendParts(known);
    expect(dialogue, Word.SERVING);
    estate.leave(process);
    try {
      dialogue.say(Word.SERVING);
    } catch (IOException e) { // it is the only one that listens, so nothing is to be undone
      LOG.warn("Process {} does not hear that it is the only one now: {}", process, e.getMessage());
    }
  }

  private static void expect(Dialogue dialogue, Word word) throws IOException {
    Word heard = dialogue.hear();
    if (heard != word) {
      throw new IOException("the new process says " + heard + " and not " + word);
    }
  }

  /** Starts what this process was started with: the same command line, in the same directory. */
  static Launched sameCommand(Path socket) throws IOException {
    byte[] line = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    List<String> command = Arrays.asList(new String(line, StandardCharsets.UTF_8).split("\0", -1));
    // a text that ends with a zero is split into one part more, which is empty
    // by itself Java starts a helper of its own first, which an update of Java has replaced
    System.setProperty("jdk.lang.Process.launchMechanism", "FORK");
    ProcessBuilder builder = new ProcessBuilder(command.subList(0, command.size() - 1)).inheritIO();
    builder.environment().put(SOCKET, socket.toString());
    builder.environment().remove("WATCHDOG_PID"); // it is meant for the new one from then on
    Process process = builder.start();
    return new Launched(
        process.pid(),
        () -> process.isAlive() ? null : "status " + process.exitValue(),
        () -> end(process));
  }

  private static void end(Process process) {
    try {
      process.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
