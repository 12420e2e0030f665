package org.synapsegateway.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Tells why a file that should be read cannot be read. */
public final class ReadableFile {
  /** Far beyond what anybody writes, and far below what the heap holds. */
  private static final long LARGEST = 4 << 20;

  private ReadableFile() {}

  /** What is wrong with a path that stands in a directory, as a line; nothing if it can be read. */
  public static Optional<String> fault(Path file) {
    if (!Files.exists(file)) {
      return Optional.of(
          file + ": is a link to what does not exist; mend or remove the link"); // or it is gone
    }
    if (Files.isDirectory(file)) {
      return Optional.of(file + ": is a directory and no file; remove or rename it");
    }
    if (!Files.isRegularFile(file)) {
      return Optional.of(file + ": is a pipe, a device or a socket and no file; remove it");
    }
    if (file.toFile().length() > LARGEST) {
      return Optional.of(file + ": " + tooLarge());
    }
    if (!Files.isReadable(file)) {
      return Optional.of(
          file
              + ": user "
              + System.getProperty("user.name")
              + " may not read it; give it to that user, or chmod +r it");
    }
    return Optional.empty();
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

  private static String tooLarge() {
    return "has more than " + (LARGEST >> 20) + " MiB, so it is no file of settings or routes";
  }

  /** Why a file could not be read that somebody has named. */
  public static String why(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    return e instanceof AccessDeniedException
        ? "user " + System.getProperty("user.name") + " may not"
        : e.getMessage();
  }
}
