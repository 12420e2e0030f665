// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The UNIX sockets on which a process listens, as Linux lists them (proc(5), {@code
 * /proc/net/unix}), so that no connect is needed to find out.
 *
 * <p>Those of other network namespaces, as containers have, are not in the list. Immutable.
 */
public final class ListeningSockets {
  private static final Path LIST = Path.of("/proc/net/unix");

  /** {@code Num: RefCount Protocol Flags Type St Inode Path}. */
  private static final int FLAGS = 3;

  private static final int PATH = 7;
  private static final String ACCEPTS = "00010000";

  private final Set<String> paths;
  private final Supplier<Set<String>> later;

  private ListeningSockets(Set<String> paths, Supplier<Set<String>> later) {
    this.paths = paths;
    this.later = later;
  }

  /** Those of this moment; none where there is no such list. */
  public static ListeningSockets now() {
    return new ListeningSockets(read(), ListeningSockets::read);
  }

  static ListeningSockets of(Stream<String> lines) {
    Set<String> paths = paths(lines);
    return new ListeningSockets(paths, () -> paths);
  }

  private static Set<String> read() {
    // a path may be in any encoding, and is compared as it is written
    try (Stream<String> lines = Files.lines(LIST, StandardCharsets.ISO_8859_1)) {
      return paths(lines);
    } catch (IOException | UncheckedIOException e) {
      return Set.of();
    }
  }

  private static Set<String> paths(Stream<String> lines) {
    return lines
        .filter(line -> line.contains(ACCEPTS)) // few of the many connections that are listed too
        .map(line -> line.split(" +", PATH + 1))
        .filter(columns -> columns.length > PATH && columns[FLAGS].equals(ACCEPTS))
        .map(columns -> columns[PATH])
        .collect(Collectors.toSet());
  }

  /**
   * The state of a path: if it is listed and writable, a process listens; else it is looked at and,
   * if there is a socket, connected to.
   */
  public WorkerSocket at(Path path) {
    return isListed(path) && Files.isWritable(path)
        ? new WorkerSocket(WorkerSocket.State.LISTENS, "somebody listens")
        : WorkerSocket.at(path);
  }

  /** Reads the list again if the socket exists: its worker may have just begun to listen. */
  private boolean isListed(Path path) {
    String bytes = bytes(path);
    return paths.contains(bytes) || Files.exists(path) && later.get().contains(bytes);
  }

  private static String bytes(Path path) {
    return new String(
        path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
