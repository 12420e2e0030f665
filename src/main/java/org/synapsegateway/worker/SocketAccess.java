// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what keeps this process from connecting to a socket: a directory that it may not enter, or
 * a socket that it may not write to (unix(7)); and says how to mend that.
 */
final class SocketAccess {
  private SocketAccess() {}

  /** What this process may not do on the way to a socket, in words; empty if it may connect. */
  static Optional<String> obstacle(Path socket) {
    Path whole = socket.toAbsolutePath();
    Path way = Path.of("/");
    for (int i = 0; i < whole.getNameCount() - 1; i++) {
      way = way.resolve(whole.getName(i));
      if (!Files.isDirectory(way)) {
        return Optional.empty();
      }
      if (!Files.isExecutable(way)) {
        return Optional.of(tell(way, Right.ENTER));
      }
    }
    return !Files.exists(socket) || Files.isWritable(socket)
        ? Optional.empty()
        : Optional.of(tell(socket, Right.WRITE));
  }

  /** What a process must be allowed. */
  enum Right {
    ENTER("enter", PosixFilePermission.GROUP_EXECUTE, "chmod g+x"),
    WRITE("write to", PosixFilePermission.GROUP_WRITE, "chmod g+w");

    private final String verb;
    private final PosixFilePermission ofGroup;
    private final String command;

    Right(String verb, PosixFilePermission ofGroup, String command) {
      this.verb = verb;
      this.ofGroup = ofGroup;
      this.command = command;
    }
  }

  private static String tell(Path path, Right right) {
    ProcessUser user = ProcessUser.ofThisProcess();
    try {
      PosixFileAttributes file = Files.readAttributes(path, PosixFileAttributes.class);
      return tell(
          path, file.permissions(), file.owner().getName(), file.group().getName(), right, user);
    } catch (IOException e) {
      return "%s may not %s %s: %s".formatted(user, right.verb, path, e.getMessage());
    }
  }

  static String tell(
      Path path,
      Set<PosixFilePermission> mode,
      String owner,
      String group,
      Right right,
      ProcessUser user) {
    boolean forGroup = mode.contains(right.ofGroup);
    return "%s may not %s %s, which is %s of %s:%s; %s"
        .formatted(
            user,
            right.verb,
            path,
            PosixFilePermissions.toString(mode),
            owner,
            group,
            forGroup && !group.equals("root") && !user.groups().contains(group)
                ? "put %s into the group %s (usermod -a -G %s %s), and start again"
                    .formatted(user.name(), group, group, user.name())
                : "let a group of %s in (%s %s, chgrp)"
                    .formatted(user.name(), right.command, path));
  }

  /**
   * The user and the groups of this process, by which the file system grants access.
   *
   * @param groups the names of its groups, or the numbers of those without a name
   */
  record ProcessUser(String name, TreeSet<String> groups) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path GROUPS = Path.of("/etc/group");

    static ProcessUser ofThisProcess() {
      return new ProcessUser(System.getProperty("user.name"), groupsOfThisProcess());
    }

    /** As proc(5) lists them: the effective group is the second of {@code Gid:}. */
    private static TreeSet<String> groupsOfThisProcess() {
      TreeSet<String> groups = new TreeSet<>();
      try {
        for (String line : Files.readAllLines(STATUS)) {
          String[] words = line.strip().split("\\s+", -1);
          if (line.startsWith("Gid:") && words.length > 2) {
            groups.add(nameOfGroup(words[2]));
          } else if (line.startsWith("Groups:")) {
            for (int i = 1; i < words.length; i++) {
              groups.add(nameOfGroup(words[i]));
            }
          }
        }
      } catch (IOException e) {
        return groups; // the message can do without the rest
      }
      return groups;
    }

    private static String nameOfGroup(String number) throws IOException {
      for (String line : Files.readAllLines(GROUPS)) {
        String[] parts = line.split(":", -1);
        if (parts.length > 2 && parts[2].equals(number)) {
          return parts[0];
        }
      }
      return number;
    }

    @Override
    public String toString() {
      return "user " + name + " (groups: " + String.join(" ", groups) + ")";
    }
  }
}
