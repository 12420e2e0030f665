// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.net.InheritedSockets;
import org.synapsegateway.process.Dialogue.Word;

/**
 * The process that this one replaces: it hands over its listening sockets and its knowledge, and
 * serves until this one does. Without one, nothing is handed over. Confined to the thread that
 * starts the gateway.
 */
final class Predecessor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Predecessor.class);

  /** Null if there is none. */
  private final @Nullable Dialogue dialogue;

  private final InheritedSockets sockets = new InheritedSockets();
  private final Map<String, byte[]> parts;

  private Predecessor(@Nullable Dialogue dialogue) throws IOException {
    this.dialogue = dialogue;
    if (dialogue == null) {
      parts = Map.of();
    } else {
      dialogue.readSockets().forEach(each -> sockets.add(each.getKey(), each.getValue()));
      parts = dialogue.readParts();
    }
  }

  /**
   * The process that waits at a socket.
   *
   * @param socket null if there is none
   * @throws IllegalStateException if it cannot be talked to; says why
   */
  static Predecessor at(@Nullable Path socket) {
    try {
      return new Predecessor(
          socket == null
              ? null
              : new Dialogue(AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(socket))));
    } catch (IOException e) {
      throw new IllegalStateException(
          "the process before this one cannot be taken over from, at "
              + socket
              + " ("
              + Successor.SOCKET
              + "): "
              + e.getMessage(),
          e);
    }
  }

  /** Whether there is one. */
  boolean exists() {
    return dialogue != null;
  }

  /** What it listens on. */
  InheritedSockets sockets() {
    return sockets;
  }

  /** What it has given at once; null if nothing has that name. */
  byte @Nullable [] part(String name) {
    return parts.get(name);
  }

  /**
   * Has it stop what only one process may do at a time; returns its knowledge at that moment.
   *
   * @throws IllegalStateException if it does not answer
   */
  Map<String, byte[]> takeOver() {
    if (dialogue == null) {
      return Map.of();
    }
    try {
      ask(dialogue, Word.TAKE_OVER);
      return dialogue.readParts();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /**
   * Tells it that this process serves, and returns when it has stopped to listen, or at once if it
   * has ended.
   */
  void serving() {
    if (dialogue == null) {
      return;
    }
    try {
      ask(dialogue, Word.SERVING);
    } catch (IOException e) {
      LOG.warn("The previous process did not confirm that it leaves: {}", e.getMessage());
    }
  }

  private static void ask(Dialogue dialogue, Word word) throws IOException {
    dialogue.say(word);
    if (dialogue.hear() != word) {
      throw new IOException("it answers something else");
    }
  }

  private static IllegalStateException lost(IOException e) {
    return new IllegalStateException(
        "the process before this one does not hand over: " + e.getMessage(), e);
  }

  /** Tells it that this process cannot start, so that it continues to serve. */
  void failed(String why) {
    if (dialogue == null) {
      return;
    }
    try {
      dialogue.sayFailure(why);
    } catch (IOException e) {
      LOG.debug("Cannot notify the previous process", e); // it notices the end of the connection
    }
  }

  /** Ends the connection; sockets that were not taken are closed. */
  @Override
  public void close() {
    sockets.close();
    if (dialogue == null) {
      return;
    }
    try {
      dialogue.close();
    } catch (IOException e) {
      LOG.debug("The connection to the previous process did not close cleanly", e);
    }
  }
}
