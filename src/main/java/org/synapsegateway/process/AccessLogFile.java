// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the access log, to which two processes write during an upgrade.
 *
 * <p>One of them leads: it alone begins a new file. The other one follows: before each write it
 * looks whether the file has been moved away, and opens the new one. The leader renames the file,
 * and the follower writes, under a lock of the file (fcntl); so nothing is written to a file that
 * has been renamed, and it can be compressed. Confined to the thread that writes, but for {@link
 * #follow}.
 */
final class AccessLogFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLogFile.class);

  /** A file that is open, and which one it is. */
  private record Named(FileChannel channel, Object identity) {}

  private final Path file;
  private final long maxBytes;
  private final RolledFiles rolled;
  private FileChannel channel;

  /** The identity of the open file, which may have been renamed. */
  private Object identity;

  /** When the file's lines were written. */
  private LocalDate day;

  /** Whether the next write opens the file again, as the one before has failed. */
  private boolean broken;

  /** Whether the file ends in the middle of a line. */
  private boolean torn;

  private boolean told;
  private volatile boolean leads;

  /**
   * Opens it, and makes it if it is missing.
   *
   * @param maxBytes the size at which the leader begins a new file, as it does each day; 0: never
   * @param leads whether this process leads
   * @throws IOException if it cannot be written
   */
  AccessLogFile(Path file, long maxBytes, boolean leads) throws IOException {
    this.file = file.toAbsolutePath();
    this.maxBytes = maxBytes;
    this.leads = leads;
    rolled = new RolledFiles(this.file);
    Files.createDirectories(this.file.getParent());
    open();
  }

  /**
   * Adds lines.
   *
   * @throws IOException if they are not written, or not whole
   */
  void write(String lines) throws IOException {
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    if (broken || isLost()) {
      open();
    }
    if (leads && isDue()) {
      roll();
    }
    FileLock lock = lock(false);
    try {
      add(bytes);
    } finally {
      release(lock);
    }
  }

  private void add(byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    int begin = rest.remaining();
    try {
      if (torn) {
        channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        torn = false;
      }
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    } catch (IOException e) {
      broken = true;
      torn |= rest.remaining() < begin;
      throw e;
    }
  }

  /** Whether somebody has deleted it; where others rotate, they say when to open a new one. */
  private boolean isLost() {
    return leads && maxBytes > 0 && Files.notExists(file);
  }

  private boolean isDue() throws IOException {
    return maxBytes > 0
        && Files.isRegularFile(file)
        && (channel.size() >= maxBytes || !day.equals(LocalDate.now(ZoneId.systemDefault())));
  }

  /** Begins a new file, unless another process has done so or leads by now. */
  private void roll() {
    try {
      FileLock lock = lock(true);
      try {
        if (leads && isDue()) {
          Path name = rolled.next(day);
          Files.move(file, name);
          open();
          rolled.compress(name);
          rolled.removeOld();
        }
      } finally {
        release(lock);
      }
      told = false;
    } catch (IOException e) {
      if (!told) {
        LOG.error("The access log {} cannot be rolled, so it goes on: {}", file, e.toString());
        told = true;
      }
    }
  }

  /**
   * Locks the file that is open. For a follower that is the one that has the name now, as another
   * process may have renamed the one before.
   *
   * @param named whether that holds for a leader too
   * @return null if such a file has no locks
   */
  private @Nullable FileLock lock(boolean named) throws IOException {
    while (true) {
      FileLock lock = Files.isRegularFile(file) ? channel.lock() : null;
      if ((leads && !named) || identity.equals(identityNow())) {
        return lock;
      }
      open(); // which lets go of the lock
    }
  }

  private static void release(@Nullable FileLock lock) throws IOException {
    if (lock != null && lock.isValid()) {
      lock.release();
    }
  }

  /** Opens the file again, after it has been renamed; if that fails, the old one stays open. */
  void reopen() throws IOException {
    open();
  }

  /** Begins to lead, with the file that the process before has left. */
  void lead() throws IOException {
    leads = true;
    release(lock(true));
  }

  /** Follows another process from now on. Safe for any thread. */
  void follow() {
    leads = false;
  }

  /** Opens what has the name now, and only then closes what is open. */
  private void open() throws IOException {
    Named next = openNamed();
    while (next == null) {
      next = openNamed();
    }
    FileChannel last = channel;
    channel = next.channel;
    identity = next.identity;
    broken = false;
    day =
        Files.size(file) == 0
            ? LocalDate.now(ZoneId.systemDefault())
            : LocalDate.ofInstant(
                Files.getLastModifiedTime(file).toInstant(), ZoneId.systemDefault());
    if (last != null) {
      last.close();
    }
  }

  private void make() throws IOException {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      LOG.trace("The access log goes on", e);
    }
  }

  /** Opens what has the name, or a new file; null if another file has got the name meanwhile. */
  private @Nullable Named openNamed() throws IOException {
    make();
    Object wanted = identityNow();
    FileChannel next;
    try {
      next = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    } catch (NoSuchFileException e) {
      return null;
    }
    if (wanted != null && wanted.equals(identityNow())) {
      return new Named(next, wanted);
    }
    next.close();
    return null;
  }

  /** Which file has the name now; null if none has. */
  private @Nullable Object identityNow() throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    rolled.close();
    channel.close();
  }
}
