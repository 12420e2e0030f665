// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
import org.synapsegateway.config.ReadableFile;

/**
 * The directory that an import writes to. It remembers the digests of what it has written, so that
 * it replaces its own files and those that come with the gateway, and none that somebody has
 * edited. No file is replaced before the texts of all are on the disk.
 */
public final class Target {
  /** What was written before: a digest and a path a line. */
  static final String DIGESTS = "import.digests";

  private static final String KEPT = ".before-import";

  private final Path directory;
  private final Set<String> digests = new TreeSet<>();

  public Target(Path directory) throws IOException {
    this.directory = directory;
    text(directory.resolve(DIGESTS)).lines().forEach(digests::add);
  }

  /**
   * The text of a file, whatever its bytes are; empty if there is none.
   *
   * @throws IOException naming the file
   */
  static String text(Path file) throws IOException {
    try {
      return Files.exists(file) ? new String(ReadableFile.bytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new IOException(file + ": " + ReadableFile.why(e), e);
    }
  }

  /**
   * Paths of files that somebody has edited since they were written, or written himself, or
   * replaced by a link.
   */
  public List<String> edited(Map<String, String> files) throws IOException {
    List<String> edited = new ArrayList<>();
    for (String path : files.keySet()) {
      Path file = directory.resolve(path);
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          && !isReplaceable(path, text(file), text(files, path))) {
        edited.add(path);
      }
    }
    return edited;
  }

  private boolean isReplaceable(String path, String there, String text) {
    boolean isOurs = digests.contains(digest(path, there)) || there.equals(shipped(path));
    return path.equals(SettingsText.PATH) // which keeps what it had
        || there.equals(text)
        || isOurs && !Files.isSymbolicLink(directory.resolve(path));
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
      String there = Files.exists(path) ? text(path) : null;
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
    List<String> edited = edited(files);
    // first, so that a file is known as ours whenever this ends
    changed.keySet().forEach(path -> digests.add(digest(path, text(files, path))));
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(DIGESTS, String.join("\n", digests) + "\n");
    changed.keySet().forEach(path -> texts.put(path, text(files, path)));
    try (Replacements replacements = new Replacements(directory)) {
      for (Map.Entry<String, String> each : texts.entrySet()) {
        replacements.prepare(each.getKey(), each.getValue());
      }
      for (String path : edited) {
        keep(directory.resolve(path));
      }
      replacements.replace();
    }
  }

  /** Keeps a file, or the link that it is, under a name that nothing has yet. */
  private static void keep(Path file) throws IOException {
    Path kept = file.resolveSibling(file.getFileName() + KEPT);
    for (int i = 2; Files.exists(kept, LinkOption.NOFOLLOW_LINKS); i++) {
      kept = file.resolveSibling(file.getFileName() + KEPT + "-" + i);
    }
    if (Files.isSymbolicLink(file)) {
      Files.move(file, kept);
    } else {
      Files.copy(file, kept, StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private static String text(Map<String, String> files, String path) {
    return Objects.requireNonNull(files.get(path), path);
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
