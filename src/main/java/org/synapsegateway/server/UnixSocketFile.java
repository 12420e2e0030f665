// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.settings.Listener;

/** The file of a UNIX socket that the gateway listens on; Netty removes it at the end. */
final class UnixSocketFile {
  private static final Logger LOG = LoggerFactory.getLogger(UnixSocketFile.class);

  /** Of the mode's bits, from the lowest on: the enumeration begins with the highest. */
  private static final PosixFilePermission[] PERMISSIONS = PosixFilePermission.values();

  /** The bits of a mode that say what kind of file it is, and those of a socket (inode(7)). */
  private static final int KIND = 0170000;

  private static final int SOCKET = 0140000;

  private final Path path;
  private final Listener.SocketFile wanted;

  UnixSocketFile(Listener listener) {
    this.path = Path.of(listener.place());
    this.wanted = listener.file();
  }

  /**
   * Removes the socket of a process that has ended without removing it.
   *
   * @throws IOException if something else is there, or a process listens; the message says what to
   *     do
   */
  void makeRoom() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & KIND) != SOCKET) { // a pipe or a device refuses a connection too
      throw new IOException("a file that is no socket is there; remove it, or choose another path");
    }
    if (isListening()) {
      throw new IOException("another server listens there: stop it, or choose another path");
    }
    Files.delete(path);
    LOG.info("Removed the socket {}, on which nobody listens any more", path);
  }

  /** Does not block: a full backlog means that a process listens. */
  private boolean isListening() {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      probe.connect(UnixDomainSocketAddress.of(path));
      return true;
    } catch (IOException e) { // for instance EAGAIN, of a process that does not accept for now
      return !String.valueOf(e.getMessage()).contains("refused");
    }
  }

  /**
   * Gives the file, which has just been made, its owner and then its mode.
   *
   * @throws IOException if that cannot be; says what to do
   */
  void bound() throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    try {
      if (wanted.group() != null) {
        view.setGroup(group(wanted.group()));
      }
      if (wanted.owner() != null) {
        view.setOwner(owner(wanted.owner()));
      }
    } catch (FileSystemException e) {
      throw new IOException(
          e.getReason()
              + "; owner= takes root, and group= a group that the gateway is in"
              + " (SupplementaryGroups= of the systemd unit)",
          e);
    }
    Files.setPosixFilePermissions(
        path, permissions(wanted.mode())); // before that, who may is fewer
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < PERMISSIONS.length; bit++) {
      if ((mode & 1 << (PERMISSIONS.length - 1 - bit)) != 0) {
        set.add(PERMISSIONS[bit]);
      }
    }
    return set;
  }

  private GroupPrincipal group(String name) throws IOException {
    try {
      return accounts().lookupPrincipalByGroupName(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("there is no group " + name, e);
    }
  }

  private UserPrincipal owner(String name) throws IOException {
    try {
      return accounts().lookupPrincipalByName(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("there is no user " + name, e);
    }
  }

  private UserPrincipalLookupService accounts() {
    return path.getFileSystem().getUserPrincipalLookupService();
  }
}
