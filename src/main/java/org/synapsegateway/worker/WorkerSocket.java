package org.synapsegateway.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/**
 * What stands at the path of a worker's socket at this moment.
 *
 * @param state whether requests could be sent there
 * @param detail what was found, for people: the mode and who listens, or why nobody can be reached
 */
public record WorkerSocket(State state, String detail) {
  private static final int TYPE = 0170000;
  private static final int SOCKET = 0140000;

  /** Whether requests could be sent to a path. */
  public enum State {
    LISTENS,
    BUSY,
    MISSING,
    NOT_A_SOCKET,
    REFUSES
  }

  /** Looks at a path, connects if there is a socket, and closes again without having sent. */
  public static WorkerSocket at(Path path) {
    if (!Files.exists(path)) {
      return new WorkerSocket(State.MISSING, "does not exist");
    }
    try {
      if (((int) Files.getAttribute(path, "unix:mode") & TYPE) != SOCKET) {
        return new WorkerSocket(State.NOT_A_SOCKET, "is no socket");
      }
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
      return connect(path, mode);
    } catch (IOException e) {
      return new WorkerSocket(State.REFUSES, e.getMessage());
    }
  }

  private static WorkerSocket connect(Path path, String mode) {
    try (AFUNIXSocketChannel socket = AFUNIXSocketChannel.open()) {
      socket.configureBlocking(false);
      if (!socket.connect(AFUNIXSocketAddress.of(path))) {
        return new WorkerSocket(State.BUSY, mode + ", its backlog is full");
      }
      AFUNIXSocketCredentials peer = socket.getPeerCredentials();
      return new WorkerSocket(
          State.LISTENS, mode + ", process " + peer.getPid() + " of user " + peer.getUid());
    } catch (IOException e) {
      return new WorkerSocket(State.REFUSES, mode + ", " + e.getMessage());
    }
  }
}
