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

/** The directories that the workers' sockets are in, seen as a mount of a container sees them. */
public final class SocketDirectories {
  private SocketDirectories() {}

  /**
   * Tells the directories that are others than they were: removed, and maybe made anew, while a
   * mount still holds the old one. No worker's socket can ever be in there.
   *
   * @param workers where the workers listen; those of other hosts have no directory
   * @return a line for each of them, with what to do
   */
  public static List<String> lost(Collection<WorkerAddress> workers) {
    List<String> lost = new ArrayList<>();
    for (Path directory : directories(workers)) {
      if (isLost(directory)) {
        lost.add(
            directory
                + " has been removed, and what is mounted here is the old one, where no worker's"
                + " socket will ever be; restart this container, and mount the directory above it"
                + " or let systemd keep it (RuntimeDirectoryPreserve=yes)");
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

  /** A directory without a name has no link to it, not even that of its own. */
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
