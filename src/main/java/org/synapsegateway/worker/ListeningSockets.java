package org.synapsegateway.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The UNIX sockets that somebody listens on, as Linux lists them (proc(5), {@code /proc/net/unix}),
 * so that nobody need connect to find out.
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

  private ListeningSockets(Set<String> paths) {
    this.paths = paths;
  }

  /** Those of this moment; none where there is no such list. */
  public static ListeningSockets now() {
    // a path may be in any encoding, and is compared as it is written
    try (Stream<String> lines = Files.lines(LIST, StandardCharsets.ISO_8859_1)) {
      return of(lines);
    } catch (IOException | UncheckedIOException e) {
      return new ListeningSockets(Set.of());
    }
  }

  static ListeningSockets of(Stream<String> lines) {
    return new ListeningSockets(
        lines
            .map(line -> line.split(" +", PATH + 1))
            .filter(columns -> columns.length > PATH && columns[FLAGS].equals(ACCEPTS))
            .map(columns -> columns[PATH])
            .collect(Collectors.toSet()));
  }

  /**
   * How a path is: if it is listed and may be written to, somebody listens; else it is looked at
   * and, if there is a socket, connected to.
   */
  public WorkerSocket at(Path path) {
    boolean listed = paths.contains(bytes(path));
    return listed && Files.isWritable(path)
        ? new WorkerSocket(WorkerSocket.State.LISTENS, "somebody listens")
        : WorkerSocket.at(path);
  }

  private static String bytes(Path path) {
    return new String(
        path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
