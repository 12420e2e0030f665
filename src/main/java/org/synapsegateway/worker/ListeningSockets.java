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
 * <p>The list has a line for each connection of the machine too, and takes the kernel 1.5 us a
 * line. So it is read only when nothing else tells the state of a path, and at most twice. It lacks
 * the sockets of other network namespaces, such as those of containers. Not safe for several
 * threads.
 */
public final class ListeningSockets {
  private static final Path LIST = Path.of("/proc/net/unix");
  private static final int MAX_READS = 2;

  /** {@code Num: RefCount Protocol Flags Type St Inode Path}. */
  private static final int FLAGS = 3;

  private static final int PATH = 7;
  private static final String ACCEPTS = "00010000";

  private final Supplier<Set<String>> list;
  private Set<String> paths = Set.of();
  private int reads;

  ListeningSockets(Supplier<Set<String>> list) {
    this.list = list;
  }

  /** The sockets at this moment; none if the system has no such list. */
  public static ListeningSockets now() {
    return new ListeningSockets(ListeningSockets::read);
  }

  private static Set<String> read() {
    // a path may be in any encoding, and is compared as it is written
    try (Stream<String> lines = Files.lines(LIST, StandardCharsets.ISO_8859_1)) {
      return paths(lines);
    } catch (IOException | UncheckedIOException e) {
      return Set.of();
    }
  }

  static Set<String> paths(Stream<String> lines) {
    return lines
        .filter(line -> line.contains(ACCEPTS)) // drops most of the many lines of connections
        .map(line -> line.split(" +", PATH + 1))
        .filter(columns -> columns.length > PATH && columns[FLAGS].equals(ACCEPTS))
        .map(columns -> columns[PATH])
        .collect(Collectors.toSet());
  }

  /** The state of a worker's path: while a connection to it is open, the list is not needed. */
  public WorkerSocket at(Path path, int openConnections) {
    return openConnections > 0 && Files.isWritable(path) ? WorkerSocket.somebody() : at(path);
  }

  /**
   * The state of a path: if the socket is in the list and writable, a process listens; otherwise a
   * connect decides.
   */
  public WorkerSocket at(Path path) {
    return WorkerSocket.at(path, this::isListed);
  }

  /**
   * Reads the list again for the first path that is missing: a process may have just begun to
   * listen there.
   */
  private boolean isListed(Path path) {
    String bytes = bytes(path);
    while (!paths.contains(bytes)) {
      if (reads == MAX_READS) {
        return false;
      }
      paths = list.get();
      reads++;
    }
    return true;
  }

  private static String bytes(Path path) {
    return new String(
        path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
