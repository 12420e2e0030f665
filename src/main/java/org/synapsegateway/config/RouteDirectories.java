// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

/** The directories that {@code camel.main.routesIncludePattern} names, and the files in them. */
public final class RouteDirectories {
  /** An admin's own files, which replace those of the same name that come with the gateway. */
  public static final Path OWN = Path.of("config/routes");

  static final String SUFFIX = ".camel.yaml";

  private RouteDirectories() {}

  /**
   * The files of a pattern that count, in the order of their names.
   *
   * @param faults takes those of the directories
   */
  static List<Path> files(String pattern, List<Fault> faults) {
    Map<Path, Path> byName = new LinkedHashMap<>();
    for (Directory directory : directories(pattern)) {
      list(directory, faults).forEach(file -> byName.put(file.getFileName(), file));
    }
    return byName.values().stream().sorted().toList();
  }

  /** A directory of a pattern, and the glob of its files. */
  private record Directory(Path path, String glob) {
    /** The admin's own files need not be there; those that come with the gateway do. */
    boolean isOptional() {
      return path.equals(OWN);
    }
  }

  private static String[] parts(String pattern) {
    return pattern.trim().split("\\s*,\\s*", -1);
  }

  private static List<Directory> directories(String pattern) {
    List<Directory> directories = new ArrayList<>();
    for (String each : parts(pattern)) {
      int slash = each.lastIndexOf('/');
      String directory = slash < 0 ? "" : each.substring(0, slash).replaceFirst("^file:", "");
      if (each.startsWith("file:") && !directory.contains("*")) {
        directories.add(new Directory(Path.of(directory), each.substring(slash + 1)));
      }
    }
    return directories;
  }

  /**
   * The same pattern as Camel is to have it: without files that one of the same name in a later
   * directory replaces, without {@link #OWN} if it is not there, and without links to directories,
   * which Camel does not enter; others stay as they are, since messages show their names.
   */
  public static String forCamel(String pattern) {
    Map<Path, Path> last =
        directories(pattern).stream()
            .flatMap(directory -> list(directory, new ArrayList<>()).stream())
            .collect(Collectors.toMap(Path::getFileName, file -> file, (file, later) -> later));
    return Arrays.stream(parts(pattern))
        .flatMap(each -> withoutReplaced(each, last))
        .map(RouteDirectories::withoutLink)
        .collect(Collectors.joining(","));
  }

  private static Stream<String> withoutReplaced(String pattern, Map<Path, Path> last) {
    List<Directory> directory = directories(pattern);
    if (directory.isEmpty()) {
      return Stream.of(pattern);
    }
    List<Path> files = list(directory.get(0), new ArrayList<>());
    List<Path> counting =
        files.stream()
            .filter(file -> file.equals(last.getOrDefault(file.getFileName(), file)))
            .toList();
    boolean away = directory.get(0).isOptional() && files.isEmpty();
    return counting.size() == files.size() && !away
        ? Stream.of(pattern)
        : counting.stream().map(file -> "file:" + file);
  }

  private static String withoutLink(String pattern) {
    int slash = pattern.lastIndexOf('/');
    if (slash < 0 || !pattern.startsWith("file:")) {
      return pattern;
    }
    Path directory = Path.of(pattern.substring("file:".length(), slash));
    try {
      return Files.isSymbolicLink(directory)
          ? "file:" + directory.toRealPath() + pattern.substring(slash)
          : pattern;
    } catch (IOException e) {
      return pattern; // it leads nowhere, which is reported
    }
  }

  /** The files of a directory, in the order of their names. */
  private static List<Path> list(Directory from, List<Fault> faults) {
    List<Path> found = new ArrayList<>();
    Path directory = from.path;
    if (from.isOptional() && !Files.exists(directory)) {
      return found;
    }
    if (!Files.isDirectory(directory)) {
      faults.add(
          noRoutes(
              directory,
              (Files.exists(directory) ? "it is not a directory" : "there is no such directory")
                  + "; run the gateway where routes/ and config/ are"));
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, from.glob)) {
      files.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      faults.add(ReadableFile.fault(directory, "the directory cannot be read: " + e));
    }
    if (found.isEmpty() && !from.isOptional()) {
      faults.add(
          noRoutes(
              directory, "the directory has no file " + from.glob + ", so nothing can be served"));
    }
    found.sort(null);
    return found;
  }

  private static Fault noRoutes(Path directory, String text) {
    return new Fault(Code.NO_ROUTE_FILES, directory.toString(), directory.toString(), text);
  }

  /** A warning for each YAML file of a directory that is no route file by its name. */
  public static List<Fault> ignored(Path directory) {
    List<Fault> ignored = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{yaml,yml}")) {
      for (Path file : files) {
        if (!file.toString().endsWith(SUFFIX)) {
          ignored.add(
              new Fault(
                  Code.IGNORED_FILE,
                  file.toString(),
                  file.toString(),
                  "the file is not loaded; name it *" + SUFFIX + " if it holds routes"));
        }
      }
    } catch (IOException e) {
      return ignored; // the routes are elsewhere
    }
    return ignored;
  }
}
