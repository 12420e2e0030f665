// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * The files of an nginx configuration as one tree: {@code nginx.conf} with what it includes, or the
 * output of {@code nginx -T}, which has all files in one text.
 *
 * <p>Files, bytes, directives and depth are limited, so that whatever is given takes bounded time
 * and memory. Confined to one thread.
 */
public final class NginxFiles {
  private static final int MAX_DEPTH = 100;
  static final int MAX_FILES = 1000;
  private static final int MAX_BYTES = 16 * 1024 * 1024;
  private static final int MAX_DIRECTIVES = 200_000;
  private static final Pattern DUMPED =
      Pattern.compile("(?m)^# configuration file ([^\\n]{1,4096}):\\r?$");

  /** A file of {@code nginx -T}. */
  private record Dumped(String text, int firstLine) {}

  /** The files of {@code nginx -T} by their names; empty if files are read from the disk. */
  private final Map<String, Dumped> dumped = new LinkedHashMap<>();

  private final Path directory;
  private final @Nullable String dump;
  private int files;
  private long bytes;
  private int directives;

  private NginxFiles(Path directory, @Nullable String dump) {
    this.directory = directory;
    this.dump = dump;
  }

  /**
   * Reads a configuration.
   *
   * @param file {@code nginx.conf}, or the output of {@code nginx -T}
   * @throws ConfigurationException if it cannot be read
   */
  public static List<Directive> read(Path file) {
    String text = load(file, null);
    Path directory = directory(file);
    Matcher header = DUMPED.matcher(text);
    if (!header.find()) {
      return new NginxFiles(directory, null).parse(file.toString(), text, 1, 0);
    }
    String main = header.group(1);
    Path base = directory(Path.of(main));
    NginxFiles files = new NginxFiles(base, file.toString());
    files.split(text, header);
    Dumped first = Objects.requireNonNull(files.dumped.get(main));
    return files.parse(main, first.text, 1, 0);
  }

  private static Path directory(Path file) {
    return file.toAbsolutePath().resolveSibling("");
  }

  /** Reads a configuration that is one text. */
  static List<Directive> parse(String name, String text) {
    return new NginxFiles(Path.of("").toAbsolutePath(), null).parse(name, text, 1, 0);
  }

  private void split(String text, Matcher header) {
    boolean more = true;
    while (more) {
      String name = header.group(1);
      int start = Math.min(header.end() + 1, text.length());
      more = header.find();
      int end = more ? header.start() : text.length();
      dumped.putIfAbsent(name, new Dumped(text.substring(start, end), 1));
    }
  }

  private static String load(Path file, @Nullable Place from) {
    try {
      if (Files.isDirectory(file)) {
        throw unreadable(from, file, "is a directory; name a file");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw unreadable(from, file, "has more than 16 MiB; name the configuration of nginx");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw unreadable(from, file, "cannot be read: " + why(e));
    }
  }

  static String why(IOException e) {
    return e instanceof java.nio.file.NoSuchFileException
        ? "there is no such file"
        : e instanceof java.nio.file.AccessDeniedException
            ? "permission denied"
            : e.getClass().getSimpleName();
  }

  /**
   * A file that cannot be read.
   *
   * @param from where it is included; null for the one that an admin names
   */
  static ConfigurationException unreadable(@Nullable Place from, Path file, String why) {
    return ConfigurationException.of(
        from == null
            ? new Fault(Code.UNREADABLE_FILE, file.toString(), file.toString(), "the file " + why)
            : new Fault(Code.UNREADABLE_FILE, from.toString(), file.toString(), file + " " + why));
  }

  private List<Directive> parse(String name, String text, int firstLine, int depth) {
    files++;
    bytes += text.length();
    if (files > MAX_FILES || bytes > MAX_BYTES) {
      throw new Place(name, 1).bad("more than " + MAX_FILES + " files or 16 MiB are included");
    }
    Lexer lexer = new Lexer(name, text, firstLine);
    return block(lexer, depth, null);
  }

  private List<Directive> block(Lexer lexer, int depth, @Nullable Place opened) {
    List<Directive> found = new ArrayList<>();
    while (true) {
      Lexer.End end = lexer.next();
      if (end == Lexer.End.FILE_END) {
        if (opened != null) {
          throw opened.bad("the block is not closed: a \"}\" is missing");
        }
        return found;
      }
      if (end == Lexer.End.BLOCK_END) {
        if (opened == null) {
          throw lexer.here().bad("unexpected \"}\"");
        }
        return found;
      }
      add(lexer, end, depth, found);
    }
  }

  private void add(Lexer lexer, Lexer.End end, int depth, List<Directive> found) {
    Place place = lexer.place();
    List<String> words = lexer.words();
    String name = words.get(0);
    List<String> arguments = words.subList(1, words.size());
    if (++directives > MAX_DIRECTIVES) {
      throw place.bad("more than " + MAX_DIRECTIVES + " directives");
    }
    if (depth > MAX_DEPTH) {
      throw place.bad(
          "blocks and includes are more than " + MAX_DEPTH + " deep; does a file include itself?");
    }
    if (end == Lexer.End.BLOCK) {
      if (name.endsWith("_by_lua_block")) {
        lexer.skipLua();
        found.add(new Directive(place, name, arguments, List.of()));
      } else {
        found.add(new Directive(place, name, arguments, block(lexer, depth + 1, place)));
      }
    } else if (name.equals("include") && arguments.size() == 1) {
      include(place, arguments.get(0), depth, found);
    } else {
      found.add(new Directive(place, name, arguments, null));
    }
  }

  private void include(Place place, String what, int depth, List<Directive> found) {
    if (what.indexOf('\0') >= 0) {
      throw place.bad("a file's name with a NUL");
    }
    Path named;
    try {
      named = Path.of(what);
    } catch (InvalidPathException e) {
      throw place.bad("no file can have the name " + what);
    }
    Path path = directory.resolve(named).normalize();
    if (dump != null) {
      includeDumped(place, path, Glob.is(what), depth, found);
    } else if (Glob.is(what)) {
      for (Path file : new Glob(place).files(candidates(named))) {
        found.addAll(parse(file.toString(), load(file, place), 1, depth + 1));
      }
    } else {
      Path there = candidates(named).stream().filter(Files::exists).findFirst().orElse(path);
      found.addAll(parse(there.toString(), load(there, place), 1, depth + 1));
    }
  }

  /** Beside the configuration or in a directory above it, as in a copy of /etc/nginx. */
  private List<Path> candidates(Path named) {
    Path below = named.isAbsolute() ? Path.of("/").relativize(named) : named;
    List<Path> candidates = new ArrayList<>();
    for (Path at = directory; at != null; at = at.getParent()) {
      candidates.add(at.resolve(below).normalize());
    }
    return candidates;
  }

  private void includeDumped(
      Place place, Path path, boolean isGlob, int depth, List<Directive> found) {
    if (!isGlob) {
      Dumped file = dumped.get(path.toString());
      if (file == null) {
        throw place.bad(path + " is not in " + dump + "; is that the whole output of nginx -T?");
      }
      found.addAll(parse(path.toString(), file.text, file.firstLine, depth + 1));
      return;
    }
    PathMatcher matcher = Glob.matcher(place, path.toString());
    SortedSet<String> names = new TreeSet<>();
    for (String name : dumped.keySet()) {
      if (matcher.matches(Path.of(name))) {
        names.add(name);
      }
    }
    for (String name : names) {
      Dumped file = Objects.requireNonNull(dumped.get(name));
      found.addAll(parse(name, file.text, file.firstLine, depth + 1));
    }
  }
}
