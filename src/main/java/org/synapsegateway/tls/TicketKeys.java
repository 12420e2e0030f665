// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys of session tickets: the first one encrypts new tickets, all of them decrypt.
 *
 * <p>In a file they outlive a restart, and gateways that share the file accept each other's
 * tickets. Once a day a new key is put first and the last one is removed, by the first gateway that
 * notices. {@link #bytes} is safe for any thread, the rest is confined to one at a time.
 */
final class TicketKeys {
  static final int COUNT = 3;
  static final Duration TURN = Duration.ofDays(1);

  private static final int PART = 16;
  private static final int SIZE = OpenSslSessionTicketKey.TICKET_KEY_SIZE;

  private final SecureRandom random = new SecureRandom();

  /** Null if the keys are those of this process only. */
  private final @Nullable Path file;

  private byte[] keys = random(COUNT * SIZE);
  private Instant made = Instant.now();

  private TicketKeys(@Nullable Path file) {
    this.file = file;
  }

  /** Keys of this process only. */
  static TicketKeys ofProcess() {
    return new TicketKeys(null);
  }

  /**
   * Keys of the previous process, in the form of {@link #bytes}; new keys if these are invalid.
   *
   * @param bytes null if there are none
   */
  static TicketKeys ofProcess(byte @Nullable [] bytes) {
    TicketKeys keys = ofProcess();
    if (bytes != null && bytes.length == Long.BYTES + COUNT * SIZE) {
      keys.made = Instant.ofEpochMilli(ByteBuffer.wrap(bytes).getLong());
      keys.keys = Arrays.copyOfRange(bytes, Long.BYTES, bytes.length);
    }
    return keys;
  }

  /** The keys and when they were made, for another process; null if it has them from the file. */
  synchronized byte @Nullable [] bytes() {
    return file != null
        ? null
        : ByteBuffer.allocate(Long.BYTES + keys.length)
            .putLong(made.toEpochMilli())
            .put(keys)
            .array();
  }

  /**
   * The keys of this file, which is made if there is none.
   *
   * @throws TlsFault if it can be neither read nor made
   */
  static TicketKeys of(Path file) throws TlsFault {
    TicketKeys keys = new TicketKeys(file);
    try {
      if (!Files.exists(file)) {
        write(file, keys.keys);
      }
      keys.read(file);
      return keys;
    } catch (IOException e) {
      throw new TlsFault(
          file,
          "session tickets cannot be kept here ("
              + e
              + "); give user "
              + System.getProperty("user.name")
              + " a directory it may write to, or leave gateway.tls.tickets empty");
    }
  }

  private byte[] random(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private void read(Path from) throws IOException, TlsFault {
    Instant changed = Files.getLastModifiedTime(from).toInstant();
    byte[] bytes = Files.readAllBytes(from);
    if (bytes.length != COUNT * SIZE) {
      throw new TlsFault(
          from,
          "the file has %d bytes, not the %d of %d ticket keys; remove it, and a new one is made"
              .formatted(bytes.length, COUNT * SIZE, COUNT));
    }
    keys = bytes;
    made = changed;
  }

  /** Replaces the file in one step, so that another gateway reads either the old or the new one. */
  private static void write(Path file, byte[] bytes) throws IOException {
    // where a link leads, so that those who share it go on doing so
    Path to = Files.isSymbolicLink(file) ? file.resolveSibling(Files.readSymbolicLink(file)) : file;
    Path directory = to.toAbsolutePath().getParent();
    Path whole =
        Files.createTempFile(
            directory,
            ".tickets",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.write(whole, bytes);
      Files.move(whole, to, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  /**
   * Reads the keys that another gateway has written to the file, and rotates them if it is time.
   *
   * @return whether they have changed
   */
  synchronized boolean look(Instant now) throws IOException, TlsFault {
    byte[] before = keys;
    if (file != null
        && (!Files.exists(file) || !Files.getLastModifiedTime(file).toInstant().equals(made))) {
      takeFile(file);
    }
    if (Duration.between(made, now).compareTo(TURN) >= 0) {
      turn(now);
    }
    return !Arrays.equals(before, keys);
  }

  private void takeFile(Path there) throws IOException, TlsFault {
    if (!Files.exists(there)) {
      write(there, keys);
    }
    read(there);
  }

  private void turn(Instant now) throws IOException, TlsFault {
    byte[] next = Arrays.copyOf(random(SIZE), COUNT * SIZE);
    System.arraycopy(keys, 0, next, SIZE, (COUNT - 1) * SIZE);
    if (file == null) {
      keys = next;
      made = now;
    } else {
      write(file, next);
      read(file);
    }
  }

  /** The keys in the form of tcnative. */
  OpenSslSessionTicketKey[] keys() {
    OpenSslSessionTicketKey[] all = new OpenSslSessionTicketKey[COUNT];
    for (int i = 0; i < COUNT; i++) {
      int at = i * SIZE;
      all[i] = new OpenSslSessionTicketKey(part(at), part(at + PART), part(at + 2 * PART));
    }
    return all;
  }

  private byte[] part(int at) {
    return Arrays.copyOfRange(keys, at, at + PART);
  }
}
