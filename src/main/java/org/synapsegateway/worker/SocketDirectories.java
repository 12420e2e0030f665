// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

/** The directories of the workers' sockets, as a container sees them through a mount. */
public final class SocketDirectories {
  private SocketDirectories() {}

  /**
   * Finds the directories that were removed, and maybe made anew, while a mount still holds the old
   * one. No worker's socket can appear in there.
   *
   * @param workers where the workers listen; those of other hosts have no directory
   * @return a fault for each of them
   */
  public static List<Fault> lost(Collection<WorkerAddress> workers) {
    List<Fault> lost = new ArrayList<>();
    for (Path directory : directories(workers)) {
      if (isLost(directory)) {
        lost.add(
            new Fault(
                Code.LOST_DIRECTORY,
                directory.toString(),
                directory.toString(),
                "the directory was removed, and the mount here is the old one, where no worker's"
                    + " socket appears; restart this container, and mount the directory above it or"
                    + " let systemd keep it (RuntimeDirectoryPreserve=yes)"));
      }
    }
    return lost;
  }

  private static Set<Path> directories(Collection<WorkerAddress> workers) {
    Set<Path> directories = new TreeSet<>();
    for (WorkerAddress worker : workers) {
      if (worker instanceof WorkerAddress.Unix unix) {
        directories.add(unix.path().getParent());
      }
    }
    return directories;
  }

  /** A removed directory has no links, not even the one from itself. */
  private static boolean isLost(Path directory) {
    try {
      return (int) Files.getAttribute(directory, "unix:nlink") == 0;
    } catch (NoSuchFileException e) {
      return false; // not there yet, or not mounted
    } catch (IOException e) {
      // the file server has forgotten what is mounted: ESTALE in stat(2)
      return String.valueOf(e.getMessage()).contains("Stale file handle");
    }
  }
}
