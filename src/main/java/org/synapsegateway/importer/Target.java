// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The directory that an import writes to. It remembers the digests of what it has written, so that
 * it replaces its own files and those that come with the gateway, and none that somebody has
 * edited. Each file is replaced in one step, and none if one of them may not be.
 */
public final class Target {
  /** What was written before: a digest and a path a line. */
  static final String DIGESTS = "import.digests";

  private static final String KEPT = ".before-import";

  private final Path directory;
  private final Set<String> digests = new TreeSet<>();

  public Target(Path directory) throws IOException {
    this.directory = directory;
    Path file = directory.resolve(DIGESTS);
    if (Files.exists(file)) {
      digests.addAll(Files.readAllLines(file));
    }
  }

  /** Paths of files that somebody has edited since they were written, or written himself. */
  public List<String> edited(Map<String, String> files) throws IOException {
    List<String> edited = new ArrayList<>();
    for (String path : files.keySet()) {
      Path file = directory.resolve(path);
      if (Files.exists(file) && !isReplaceable(path, Files.readString(file), files.get(path))) {
        edited.add(path);
      }
    }
    return edited;
  }

  private boolean isReplaceable(String path, String there, String text) {
    return path.equals(SettingsText.PATH) // which keeps what it had
        || there.equals(text)
        || digests.contains(digest(path, there))
        || there.equals(shipped(path));
  }

  /** The text that comes with the gateway under this path; empty if there is none. */
  private static String shipped(String path) {
    return Shipped.routes().stream()
        .filter(name -> Shipped.path(name).equals(path))
        .findFirst()
        .map(Shipped::route)
        .orElse("");
  }

  /** The files that are not there yet as they should be, with the text that is, or is shipped. */
  public Map<String, String> changed(Map<String, String> files) throws IOException {
    Map<String, String> changed = new LinkedHashMap<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      String there = Files.exists(path) ? Files.readString(path) : null;
      if (!file.getValue().equals(there)) {
        changed.put(file.getKey(), there == null ? shipped(file.getKey()) : there);
      }
    }
    return changed;
  }

  /** Writes what has changed, and keeps under another name what somebody has edited. */
  public void write(Map<String, String> files) throws IOException {
    Map<String, String> changed = changed(files);
    if (changed.isEmpty()) {
      return;
    }
    for (String path : edited(files)) {
      Path file = directory.resolve(path);
      Files.copy(
          file,
          file.resolveSibling(file.getFileName() + KEPT),
          StandardCopyOption.REPLACE_EXISTING);
    }
    // first, so that a file is known as ours whenever this ends
    changed.keySet().forEach(path -> digests.add(digest(path, text(files, path))));
    replace(DIGESTS, String.join("\n", digests) + "\n");
    for (String path : changed.keySet()) {
      replace(path, text(files, path));
    }
  }

  private static String text(Map<String, String> files, String path) {
    return Objects.requireNonNull(files.get(path), path);
  }

  private void replace(String path, String text) throws IOException {
    Path file = directory.resolve(path).toAbsolutePath();
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String digest(String path, String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest) + "  " + path;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
