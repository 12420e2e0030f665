// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A small site in one file of src/test/resources/import: a line about it, the text of each of its
 * files behind {@code == PATH}, and behind {@code == expected} what an import must make of it,
 * which was written by hand.
 */
record SiteFile(String name, Map<String, String> files, List<String> expected) {
  private static final Path ALL = Path.of("src/test/resources/import");

  static Stream<SiteFile> all() throws IOException {
    try (Stream<Path> files = Files.list(ALL)) {
      return files.filter(file -> file.toString().endsWith(".site")).sorted().toList().stream()
          .map(SiteFile::read);
    }
  }

  private static SiteFile read(Path file) {
    Map<String, List<String>> parts = new LinkedHashMap<>();
    List<String> part = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("== ")) {
          part = new ArrayList<>();
          parts.put(line.substring(3), part);
        } else {
          part.add(line);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    List<String> expected = parts.remove("expected");
    Map<String, String> files = new LinkedHashMap<>();
    parts.forEach((path, lines) -> files.put(path, String.join("\n", lines) + "\n"));
    return new SiteFile(file.getFileName().toString(), files, expected);
  }

  /** Writes the files, and returns those that an admin would name. */
  List<Path> writeTo(Path directory) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    return Stream.of(
            "homeserver.yaml",
            "conf.d",
            "workers",
            "compose.yaml",
            "copy/etc/supervisor/conf.d/synapse.conf",
            "synapse.service")
        .map(directory::resolve)
        .filter(Files::exists)
        .toList();
  }

  /** What the site's proxy does: that of nginx.conf or haproxy.cfg, if the site has one. */
  ExistingProxy proxy(Path directory, boolean faithful) {
    if (files.containsKey("haproxy.cfg")) {
      return HaproxyProxy.read(directory.resolve("haproxy.cfg"));
    }
    Path file = directory.resolve("nginx.conf");
    return Files.exists(file) ? NginxProxy.read(file, faithful) : ExistingProxy.NONE;
  }

  /**
   * A request that is asked.
   *
   * @param proxy whom the proxy sends it to, or what it answers; empty for a site without one
   * @param group the group that the routes lead to
   */
  record Witness(String method, String target, String proxy, String group) {
    /** Of {@code METHOD TARGET -> PROXY | GROUP}. */
    static Witness of(String line) {
      String[] parts = line.split(" -> | \\| ", 3);
      String[] request = parts[0].split(" ", 2);
      return new Witness(
          request[0], request[1], parts.length == 3 ? parts[1] : "", parts[parts.length - 1]);
    }
  }

  List<Witness> witnesses() {
    return expected("asked").stream().map(Witness::of).toList();
  }

  /** What stands behind a label in the lines that are expected. */
  List<String> expected(String label) {
    return expected.stream()
        .filter(line -> line.startsWith(label + ": "))
        .map(line -> line.substring(label.length() + 2))
        .toList();
  }

  int exitStatus() {
    return Integer.parseInt(expected.get(0).replace("exit ", ""));
  }

  @Override
  public String toString() {
    return name;
  }
}
