// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/** A pattern of file names after glob(3), as {@code include} takes it. Confined to one thread. */
final class Glob {
  private final Place place;
  private final SortedSet<Path> found = new TreeSet<>();

  /**
   * @param place where it stands
   */
  Glob(Place place) {
    this.place = place;
  }

  static boolean is(String name) {
    return name.indexOf('*') >= 0 || name.indexOf('?') >= 0 || name.indexOf('[') >= 0;
  }

  static PathMatcher matcher(Place place, String glob) {
    // braces mean nothing to glob(3)
    String java = glob.replace("{", "\\{").replace("}", "\\}");
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + java);
    } catch (PatternSyntaxException e) {
      throw place.bad(glob + " is no pattern of file names");
    }
  }

  /**
   * The files that it means, sorted as nginx takes them; a hidden one only if it says so.
   *
   * @param candidates where it may be meant from; the first whose directory exists counts, even if
   *     nothing there matches
   */
  SortedSet<Path> files(List<Path> candidates) {
    candidates.stream()
        .filter(path -> Files.isDirectory(fixed(path)))
        .findFirst()
        .ifPresent(path -> collect(path.getRoot(), path, 0));
    return found;
  }

  /** The directory before what has to match. */
  private static Path fixed(Path glob) {
    Path at = glob.getRoot();
    for (Path name : glob) {
      if (is(name.toString())) {
        break;
      }
      at = at.resolve(name);
    }
    return at;
  }

  private void collect(Path at, Path path, int depth) {
    if (depth == path.getNameCount()) {
      found.add(at);
      return;
    }
    String name = path.getName(depth).toString();
    if (!is(name)) {
      if (Files.exists(at.resolve(name))) {
        collect(at.resolve(name), path, depth + 1);
      }
      return;
    }
    PathMatcher matcher = matcher(place, name);
    if (!Files.isDirectory(at)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(at)) {
      for (Path entry : entries) {
        String candidate = entry.getFileName().toString();
        boolean hidden = candidate.startsWith(".") && !name.startsWith(".");
        if (!hidden
            && matcher.matches(entry.getFileName())
            && found.size() <= NginxFiles.MAX_FILES) {
          collect(entry, path, depth + 1);
        }
      }
    } catch (IOException e) {
      throw NginxFiles.unreadable(place, at, "cannot be read: " + NginxFiles.why(e));
    }
  }
}
