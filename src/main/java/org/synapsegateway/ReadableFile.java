package org.synapsegateway;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Tells why a file that should be read cannot be read. */
final class ReadableFile {
  private ReadableFile() {}

  /** What is wrong with a path that stands in a directory, as a line; nothing if it can be read. */
  static Optional<String> fault(Path file) {
    if (!Files.exists(file)) {
      return Optional.of(
          file + ": is a link to what does not exist; mend or remove the link"); // or it is gone
    }
    if (Files.isDirectory(file)) {
      return Optional.of(file + ": is a directory and no file; remove or rename it");
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
}
