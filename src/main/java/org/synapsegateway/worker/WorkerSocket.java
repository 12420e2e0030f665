// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketCredentials;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

/**
 * The state of a worker's address at this moment.
 *
 * @param state whether requests could be sent there
 * @param detail what was found, for people: the mode, the process that listens and its health, or
 *     why it cannot be reached
 */
public record WorkerSocket(State state, String detail) {
  private static final int TYPE = 0170000;
  private static final int SOCKET = 0140000;
  private static final int TIMEOUT_MILLIS = 2_000;

  /** Whether requests could be sent to a path. */
  public enum State {
    /** A process listens; its health is not known. */
    LISTENS,
    HEALTHY,
    /** A process listens, but does not report that it is healthy. */
    UNHEALTHY,
    BUSY,
    MISSING,
    NOT_A_SOCKET,
    /** The host's name has no address. */
    NO_ADDRESS,
    /** The host does not answer. */
    SILENT,
    REFUSES
  }

  /** Whether a process listens there, even with a full backlog. */
  public boolean isListening() {
    return switch (state) {
      case LISTENS, HEALTHY, UNHEALTHY, BUSY -> true;
      case MISSING, NOT_A_SOCKET, NO_ADDRESS, SILENT, REFUSES -> false;
    };
  }

  /** Looks at an address and, if a process listens there, requests {@code /health}. */
  public static WorkerSocket askedAt(WorkerAddress address) {
    WorkerSocket found =
        address instanceof WorkerAddress.Tcp tcp
            ? HostLook.at(tcp)
            : at(((WorkerAddress.Unix) address).path());
    return found.state == State.LISTENS
        ? found.and(WorkerHealth.of(address, List.of(), TIMEOUT_MILLIS))
        : found;
  }

  /** As {@link #askedAt(WorkerAddress)}, over TLS if the worker has it. */
  public static WorkerSocket askedAt(WorkerEndpoint worker) {
    WorkerSocket found =
        worker.address() instanceof WorkerAddress.Unix unix
            ? at(unix.path())
            : HostLook.at((WorkerAddress.Tcp) worker.address());
    return found.state == State.LISTENS
        ? found.and(WorkerHealth.of(worker, TIMEOUT_MILLIS))
        : found;
  }

  private WorkerSocket and(WorkerHealth health) {
    return new WorkerSocket(
        health.well() ? State.HEALTHY : State.UNHEALTHY, detail + ", " + health.detail());
  }

  /**
   * Connects to a worker's address to find out whether a process listens, unless a connection to
   * its host is open.
   */
  public static WorkerSocket at(WorkerEndpoint worker) {
    return worker.address() instanceof WorkerAddress.Unix unix
        ? at(unix.path())
        : HostLook.at(worker);
  }

  /**
   * What is wrong with the host of a worker that has several addresses of one family: requests of
   * one user would reach any of them.
   */
  public static Optional<Fault> pool(WorkerAddress address, String place) {
    try {
      String pool = address instanceof WorkerAddress.Tcp tcp ? HostLook.pool(tcp) : "";
      return pool.isEmpty() ? Optional.empty() : Optional.of(ambiguous(address, pool, place));
    } catch (UnknownHostException e) {
      return Optional.empty(); // reported already
    }
  }

  /** The fault of a worker whose host has several addresses. */
  public static Fault ambiguous(WorkerAddress address, String addresses, String place) {
    return new Fault(
        Code.AMBIGUOUS_WORKER,
        place,
        address.toString(),
        "the host of worker:%s has several addresses (%s), so it is a pool and no worker; name each worker, for instance by the names of a StatefulSet's pods"
            .formatted(address.server(), addresses));
  }

  /** Looks at a path, and connects if there is a socket, but says nothing. */
  public static WorkerSocket at(Path path) {
    return at(path, any -> false);
  }

  /**
   * As {@link #at(Path)}, but connects to no socket of which it is known that a process listens.
   *
   * @param listed tells that of a path; is asked at the last moment, as a worker may just begin
   */
  static WorkerSocket at(Path path, Predicate<Path> listed) {
    Optional<String> obstacle = SocketAccess.obstacle(path);
    if (obstacle.isPresent()) {
      return new WorkerSocket(State.REFUSES, obstacle.get());
    }
    if (!Files.exists(path)) {
      return new WorkerSocket(State.MISSING, missing(path) + lock(path));
    }
    try {
      if (((int) Files.getAttribute(path, "unix:mode") & TYPE) != SOCKET) {
        return new WorkerSocket(State.NOT_A_SOCKET, "is no socket");
      }
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
      return Files.isWritable(path) && listed.test(path) ? somebody() : connect(path, mode);
    } catch (IOException e) {
      return new WorkerSocket(
          State.REFUSES, Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }
  }

  private static String missing(Path path) {
    Path directory = path.toAbsolutePath().getParent();
    return directory != null && Files.exists(directory) && !Files.isDirectory(directory)
        ? "does not exist: " + directory + " is no directory"
        : "does not exist";
  }

  static WorkerSocket somebody() {
    return new WorkerSocket(State.LISTENS, "somebody listens");
  }

  private static WorkerSocket connect(Path path, String mode) {
    try (AFUNIXSocketChannel socket = AFUNIXSocketChannel.open()) {
      // a connect that blocks would wait for ever where the backlog is full
      socket.configureBlocking(false);
      if (!socket.connect(AFUNIXSocketAddress.of(path))) {
        return new WorkerSocket(State.BUSY, mode + ", its backlog is full");
      }
      return new WorkerSocket(State.LISTENS, mode + ", " + listener(socket.getPeerCredentials()));
    } catch (IOException e) {
      return new WorkerSocket(State.REFUSES, mode + ", " + e.getMessage() + lock(path));
    }
  }

  /**
   * What a process that was killed has left beside its socket: a link, by the name of the socket
   * and {@code .lock}, to the number of the process (twisted.python.lockfile). As long as any
   * process has this number, as the first one of a container always has, no worker can listen.
   */
  private static String lock(Path path) {
    Path lock = path.resolveSibling(path.getFileName() + ".lock");
    try {
      return ", stale: a lock of process "
          + Files.readSymbolicLink(lock)
          + " (remove "
          + lock
          + " if its worker cannot start)";
    } catch (IOException e) {
      return ""; // there is none
    }
  }

  private static String listener(AFUNIXSocketCredentials peer) {
    return "%sprocess %d of user %d"
        .formatted(program(peer.getPid()), peer.getPid(), peer.getUid());
  }

  /** The name of a process's program, if the system shows it. */
  private static String program(long process) {
    return Optional.of(process)
        .flatMap(ProcessHandle::of)
        .flatMap(handle -> handle.info().command())
        .map(command -> Path.of(command).getFileName() + ", ")
        .orElse("");
  }
}
