// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.ReadableFile;

/**
 * Fresh texts beside the files that they are to replace. Closing removes those that have not
 * replaced anything. Confined to one thread.
 */
final class Replacements implements AutoCloseable {
  private final Path directory;

  /** The fresh files by those that they are for. */
  private final Map<Path, Path> fresh = new LinkedHashMap<>();

  Replacements(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes a text beside its file, with the file's mode and, as far as this user may, its owner.
   *
   * @throws IOException naming the file
   */
  void prepare(String path, String text) throws IOException {
    Path file = directory.resolve(path).toAbsolutePath();
    try {
      Files.createDirectories(file.getParent());
      if (path.equals(SettingsText.PATH) && Files.exists(file)) {
        file = file.toRealPath(); // a link to them stays
      }
      Path beside = file.resolveSibling(file.getFileName() + ".new");
      fresh.put(file, beside);
      Files.writeString(beside, text);
      if (Files.exists(file)) {
        copyAttributes(file, beside);
      }
    } catch (FileAlreadyExistsException e) {
      throw new IOException(e.getFile() + " is no directory", e);
    } catch (IOException e) {
      throw new IOException(file + ": " + ReadableFile.why(e), e);
    }
  }

  private static void copyAttributes(Path from, Path to) throws IOException {
    @Nullable PosixFileAttributeView there =
        Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (there != null) {
      PosixFileAttributes wanted = Files.readAttributes(from, PosixFileAttributes.class);
      PosixFileAttributes has = there.readAttributes();
      if (!wanted.owner().equals(has.owner())) {
        try {
          there.setOwner(wanted.owner());
          there.setGroup(wanted.group());
        } catch (IOException e) {
          // only root may; the file is then this user's
        }
      }
      there.setPermissions(wanted.permissions());
    }
  }

  /** Lets each text take its file's place, in one step each. */
  void replace() throws IOException {
    for (Map.Entry<Path, Path> each : fresh.entrySet()) {
      Files.move(
          each.getValue(),
          each.getKey(),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public void close() throws IOException {
    for (Path each : fresh.values()) {
      Files.deleteIfExists(each);
    }
  }
}
