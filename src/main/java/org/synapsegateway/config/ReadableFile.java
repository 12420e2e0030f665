// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/** Finds out why a file cannot be read. */
public final class ReadableFile {
  /** Far beyond what anybody writes, and far below what the heap holds. */
  private static final long LARGEST = 4 << 20;

  private ReadableFile() {}

  /** What is wrong with a file of a directory; nothing if it can be read. */
  public static Optional<Fault> fault(Path file) {
    return Optional.ofNullable(obstacle(file)).map(text -> fault(file, text));
  }

  /** A file that cannot be read, for this reason. */
  public static Fault fault(Path file, String reason) {
    return new Fault(Code.UNREADABLE_FILE, file.toString(), file.toString(), reason);
  }

  /** Why a file that is named cannot be read. */
  public static Fault fault(Path file, IOException e) {
    return fault(file, "the file cannot be read: " + why(e));
  }

  private static @Nullable String obstacle(Path file) {
    if (!Files.exists(file)) {
      return "the link leads to nothing; mend or remove it"; // or it was removed
    }
    if (Files.isDirectory(file)) {
      return "the path is a directory, not a file; remove or rename it";
    }
    if (!Files.isRegularFile(file)) {
      return "the path is a pipe, a device or a socket, not a file; remove it";
    }
    if (file.toFile().length() > LARGEST) {
      return tooLarge();
    }
    return Files.isReadable(file)
        ? null
        : "user %s may not read the file; give it to that user, or chmod +r it"
            .formatted(System.getProperty("user.name"));
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read, or has grown too large since it was looked at
   */
  public static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException(tooLarge());
      }
      return bytes;
    }
  }

  /**
   * Reads a file of text.
   *
   * @throws IOException as {@link #bytes(Path)}
   * @throws ConfigurationException if it is not UTF-8, with the first line that is not
   */
  static String text(Path file) throws IOException {
    byte[] bytes = bytes(file);
    ByteBuffer unread = ByteBuffer.wrap(bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(unread).toString();
    } catch (CharacterCodingException e) {
      String good = new String(bytes, 0, unread.position(), StandardCharsets.UTF_8);
      long line = 1 + good.chars().filter(c -> c == '\n').count();
      throw ConfigurationException.of(
          new Fault(
              Code.NOT_UTF8,
              file + ":" + line,
              "",
              "the line is not UTF-8; save it in that encoding"),
          e);
    }
  }

  private static String tooLarge() {
    return "the file has more than " + (LARGEST >> 20) + " MiB; remove it, or cut it into several";
  }

  /** Why a file that is named could not be read. */
  public static @Nullable String why(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    return e instanceof AccessDeniedException
        ? "user " + System.getProperty("user.name") + " may not"
        : e.getMessage();
  }
}
