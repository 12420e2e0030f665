// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.fault.ConfigurationException;

/** What a haproxy.cfg says, with the map files that it names. */
public final class Site {
  /** Begins a section of its own at the left margin, which no YAML does. */
  private static final Pattern HAPROXY = Pattern.compile("(?m)^(frontend|backend|listen)[ \t]+\\S");

  private static final Set<String> KINDS = Set.of("frontend", "backend", "listen");

  private static final Set<String> OTHER_KINDS =
      Set.of(
          "cache",
          "crt-store",
          "fcgi-app",
          "global",
          "http-errors",
          "log-forward",
          "log-profile",
          "mailers",
          "peers",
          "program",
          "resolvers",
          "ring",
          "traces",
          "userlist");

  private final Path file;
  private final List<Section> sections = new ArrayList<>();
  private final Map<String, MapFile> maps = new HashMap<>();
  private final Patterns patterns = new Patterns();

  private Site(Path file, List<Line> lines) {
    this.file = file;
    Section defaults = null;
    List<Line> own = new ArrayList<>();
    for (Line line : lines) {
      if (line.keyword().startsWith(".")) {
        throw line.bad(line.keyword() + " is not understood: give the file without conditions");
      }
      if (line.keyword().equals("defaults")) {
        own = new ArrayList<>();
        defaults = new Section(line, own, null);
      } else if (KINDS.contains(line.keyword())) {
        own = new ArrayList<>();
        if (line.words().size() < 2) {
          throw line.bad("a " + line.keyword() + " wants a name");
        }
        sections.add(new Section(line, own, defaults));
      } else if (OTHER_KINDS.contains(line.keyword())) {
        own = new ArrayList<>(); // says nothing of who gets what
      } else {
        own.add(line);
      }
    }
  }

  /**
   * Reads a configuration.
   *
   * @throws ConfigurationException if it cannot be read
   */
  public static Site read(Path file) {
    return new Site(file, Lexer.lines(file.toString(), text(file)));
  }

  private static String text(Path file) {
    try {
      return new String(ReadableFile.bytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw ConfigurationException.of(ReadableFile.fault(file, e));
    }
  }

  /** Whether a file is a haproxy.cfg rather than YAML; false if it cannot be read. */
  public static boolean isConfiguration(Path file) {
    try {
      return Files.isRegularFile(file)
          && HAPROXY
              .matcher(new String(ReadableFile.bytes(file), StandardCharsets.ISO_8859_1))
              .find();
    } catch (IOException e) {
      return false; // whoever reads it as YAML says why
    }
  }

  /** Where requests come in. */
  public List<Frontend> frontends() {
    return sections.stream()
        .filter(section -> !section.is("backend") && section.isHttp())
        .map(section -> new Frontend(this, section))
        .toList();
  }

  /** What reads like a test of its own and is a value of another, by the places of the lines. */
  public Map<String, String> strayTests() {
    Map<String, String> strays = new LinkedHashMap<>();
    for (Section section : sections) {
      for (Line line : section.lines()) {
        for (List<String> test : line.tests()) {
          String stray = Acl.strayTest(test);
          if (stray != null) {
            strays.put(line.toString(), stray + " is one more value of " + test.get(0));
          }
        }
      }
    }
    return strays;
  }

  Optional<Section> backend(String name) {
    return sections.stream()
        .filter(section -> !section.is("frontend") && section.name().equals(name))
        .findFirst();
  }

  @Override
  public String toString() {
    return file.toString();
  }

  Patterns patterns() {
    return patterns;
  }

  /** A file that a line names, which may also lie beside the configuration. */
  MapFile map(Line line, String path) {
    return maps.computeIfAbsent(path, key -> new MapFile(text(found(line, key))));
  }

  private Path found(Line line, String name) {
    if (!name.isBlank() && name.indexOf('\0') < 0) {
      Path path = Path.of(name);
      for (Path each : List.of(path, file.resolveSibling(String.valueOf(path.getFileName())))) {
        if (Files.exists(each) && !Files.isDirectory(each)) {
          return each;
        }
      }
    }
    throw line.bad("there is no file " + name.strip() + ", here or beside " + file);
  }

  /** The names that conditions compare Host with. */
  Set<String> hosts(Section frontend) {
    Set<String> hosts = new TreeSet<>();
    for (Line line : frontend.lines()) {
      for (int i = 0; i < line.words().size(); i++) {
        if (line.word(i).matches("(req\\.f?)?f?hdr(_\\w+)?\\(host\\).*")) {
          line.words().stream()
              .skip(i + 1L)
              .filter(word -> word.matches("[\\w-]+(\\.[\\w-]+)+"))
              .forEach(hosts::add);
        }
      }
    }
    return hosts;
  }
}
