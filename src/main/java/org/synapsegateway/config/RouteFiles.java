package org.synapsegateway.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * The route files as YAML, read before Camel makes routes of them: what is wrong with them that
 * Camel would pass over or tell without its place, and where something stands in them.
 */
public final class RouteFiles {
  /** An admin's own files, which replace those of the same name that come with the gateway. */
  public static final Path OWN = Path.of("config/routes");

  private static final String SUFFIX = ".camel.yaml";

  /** The steps that Camel takes with a text instead of keys. */
  private static final Set<String> TEXT_STEPS =
      Set.of("convertBodyTo", "log", "removeHeader", "removeHeaders", "to", "toD");

  /** A key in a file, and what it is the key of. */
  private record Entry(Path file, ScalarNode key, Node value) {
    String name() {
      return key.getValue();
    }
  }

  private final Map<Path, Node> roots = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();
  private final Set<Placeholder> placeholders = new HashSet<>();

  private RouteFiles() {}

  /**
   * Reads the files of {@code camel.main.routesIncludePattern}, as far as they are those of a
   * directory.
   *
   * @param pattern for example {@code file:routes/*.camel.yaml}
   */
  public static RouteFiles of(String pattern) {
    RouteFiles files = new RouteFiles();
    Map<Path, Path> byName = new LinkedHashMap<>();
    for (Directory directory : directories(pattern)) {
      files.list(directory).forEach(file -> byName.put(file.getFileName(), file));
    }
    byName.values().stream().sorted().forEach(files::readIfReadable);
    files.findTwins();
    return files;
  }

  /** A directory of a pattern, and the glob of its files. */
  private record Directory(Path path, String glob) {
    /** The admin's own files need not be there; those that come with the gateway do. */
    boolean isOptional() {
      return path.equals(OWN);
    }
  }

  private static List<Directory> directories(String pattern) {
    List<Directory> directories = new ArrayList<>();
    for (String each : pattern.split(",", -1)) {
      int slash = each.lastIndexOf('/');
      String directory = slash < 0 ? "" : each.substring(0, slash).replaceFirst("^file:", "");
      if (each.trim().startsWith("file:") && !directory.contains("*")) {
        directories.add(new Directory(Path.of(directory.trim()), each.substring(slash + 1).trim()));
      }
    }
    return directories;
  }

  /**
   * The same pattern as Camel is to have it: without files that one of the same name in a later
   * directory replaces, without {@link #OWN} if it is not there, and without links to directories,
   * which Camel does not enter; others stay as they are, since their names are told in messages.
   */
  public static String forCamel(String pattern) {
    Map<Path, List<Path>> byName =
        directories(pattern).stream()
            .flatMap(directory -> new RouteFiles().list(directory).stream())
            .collect(Collectors.groupingBy(Path::getFileName));
    return Arrays.stream(pattern.split(",", -1))
        .flatMap(each -> withoutReplaced(each, byName))
        .map(RouteFiles::withoutLink)
        .collect(Collectors.joining(","));
  }

  private static Stream<String> withoutReplaced(String pattern, Map<Path, List<Path>> byName) {
    List<Directory> directory = directories(pattern);
    if (directory.isEmpty()) {
      return Stream.of(pattern);
    }
    List<Path> files = new RouteFiles().list(directory.get(0));
    List<Path> counting =
        files.stream()
            .filter(
                file -> {
                  List<Path> same = byName.get(file.getFileName());
                  return same.get(same.size() - 1).equals(file);
                })
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
      return pattern; // it leads nowhere, and that is told
    }
  }

  /**
   * Refuses files that are not right.
   *
   * @throws ConfigurationException if one of the files is not right
   */
  public void check() {
    ConfigurationException.throwIfAny(faults);
  }

  /** One line for each YAML file of a directory that is no route file by its name. */
  public static List<String> ignored(Path directory) {
    List<String> ignored = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{yaml,yml}")) {
      for (Path file : files) {
        if (!file.toString().endsWith(SUFFIX)) {
          ignored.add(file + ": is not loaded; name it *" + SUFFIX + " if it holds routes");
        }
      }
    } catch (IOException e) {
      return ignored; // the routes are elsewhere
    }
    return ignored;
  }

  /** The files of a directory, in the order of their names. */
  private List<Path> list(Directory from) {
    List<Path> found = new ArrayList<>();
    Path directory = from.path;
    if (from.isOptional() && !Files.exists(directory)) {
      return found;
    }
    if (!Files.isDirectory(directory)) {
      faults.add(
          (Files.exists(directory) ? directory + " is no directory" : "there is no " + directory)
              + " here; run the gateway in the directory that has routes/ and config/");
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, from.glob)) {
      files.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      faults.add(directory + " cannot be read: " + e);
    }
    if (found.isEmpty() && !from.isOptional()) {
      faults.add(directory + " holds no file " + from.glob + ", so nothing can be served");
    }
    found.sort(null);
    return found;
  }

  private void readIfReadable(Path file) {
    ReadableFile.fault(file).ifPresentOrElse(faults::add, () -> read(file));
  }

  private void read(Path file) {
    try {
      String text = text(file);
      Placeholder.in(text).forEach(placeholders::add);
      // Camel has other forms of routes too, which it reads itself
      if (file.toString().endsWith(".yaml") || file.toString().endsWith(".yml")) {
        readYaml(file, text);
      }
    } catch (NoUtf8 e) {
      faults.add(e.getMessage());
    } catch (IOException | UncheckedIOException e) {
      faults.add(file + ": cannot be read: " + e.getMessage());
    } catch (MarkedYamlEngineException e) {
      faults.add(YamlSyntax.fault(file.toString(), e));
    } catch (YamlEngineException e) {
      faults.add(file + ": is no YAML: " + e.getMessage());
    } catch (StackOverflowError e) {
      roots.remove(file);
      faults.add(file + ": is nested too deeply; look for brackets or dashes that are too many");
    }
  }

  private static String text(Path file) throws IOException {
    byte[] bytes = ReadableFile.bytes(file);
    ByteBuffer unread = ByteBuffer.wrap(bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(unread).toString();
    } catch (CharacterCodingException e) {
      String good = new String(bytes, 0, unread.position(), StandardCharsets.UTF_8);
      long line = 1 + good.chars().filter(c -> c == '\n').count();
      throw new NoUtf8(file + ":" + line + ": is no text in UTF-8; save it in that encoding", e);
    }
  }

  /** A file in another encoding. */
  private static final class NoUtf8 extends IOException {
    private static final long serialVersionUID = 1;

    NoUtf8(String message, IOException cause) {
      super(message, cause);
    }
  }

  private void readYaml(Path file, String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setAllowNonScalarKeys(true).build();
    Optional<Node> root = new Compose(settings).composeString(text);
    if (root.isEmpty()) {
      faults.add(file + ": holds nothing; write a route, or name it other than *" + SUFFIX);
    } else if (root.get() instanceof SequenceNode list) {
      roots.put(file, list);
      findTwinKeys(file, list);
    } else {
      faults.add(
          place(file, root.get())
              + "a route file is a list; its first line is for example \"- route:\"");
    }
  }

  private static String where(Mark mark) {
    return (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }

  // ---- what stands twice

  private void findTwinKeys(Path file, Node node) {
    if (node instanceof MappingNode mapping) {
      mapping.getValue().stream()
          .map(NodeTuple::getKeyNode)
          .filter(key -> !(key instanceof ScalarNode))
          .forEach(
              key ->
                  faults.add(
                      place(file, key)
                          + "a key is a text and no list or map; put what has {{..}} in quotes"));
    }
    Map<String, ScalarNode> seen = new LinkedHashMap<>();
    for (Entry entry : entries(file, node).toList()) {
      ScalarNode first = seen.putIfAbsent(entry.name(), entry.key);
      if (first != null) {
        faults.add(
            place(file, entry.key)
                + "key \""
                + entry.name()
                + "\" stands at "
                + first.getStartMark().map(RouteFiles::where).orElse("another place")
                + " already, and only one could count; remove one");
      }
    }
    children(node).forEach(child -> findTwinKeys(file, child));
  }

  private void findTwins() {
    findTwins("bean", "name", beans());
    findTwins("route", "id", roots("route"));
  }

  private void findTwins(String what, String key, Stream<Entry> things) {
    Map<String, Entry> seen = new LinkedHashMap<>();
    things
        .flatMap(thing -> entries(thing.file, thing.value))
        .filter(entry -> entry.name().equals(key))
        .forEach(
            entry -> {
              Entry first = seen.putIfAbsent(scalar(entry.value), entry);
              if (first != null) {
                faults.add(
                    place(entry.file, entry.value)
                        + "%s %s stands at ".formatted(what, scalar(entry.value))
                        + place(first.file, first.value).replaceFirst(": $", "")
                        + " already; give one of them another "
                        + key);
              }
            });
  }

  // ---- where things stand

  /** Where a text is a value, with a colon behind it; the empty text if it is nowhere. */
  String placeOfValue(Predicate<String> text) {
    return all()
        .flatMap(RouteFiles::eachValue)
        .filter(entry -> text.test(scalar(entry.value)))
        .map(entry -> place(entry.file, entry.value))
        .findFirst()
        .orElse("");
  }

  /**
   * Where a name is a key for the first time, with a colon behind it; the empty text if nowhere.
   */
  String placeOfKey(String name) {
    return all()
        .filter(entry -> entry.name().equals(name))
        .map(entry -> place(entry.file, entry.key))
        .findFirst()
        .orElse("");
  }

  /** Where a property of a bean stands, or the bean if it has no such property. */
  String placeOfBean(String name, String property) {
    List<Entry> bean = beans().filter(entry -> name.equals(field(entry.value, "name"))).toList();
    Optional<String> there =
        bean.stream()
            .flatMap(entry -> entries(entry.file, entry.value))
            .filter(entry -> entry.name().equals("properties"))
            .flatMap(entry -> entries(entry.file, entry.value))
            .filter(entry -> entry.name().equals(property))
            .map(entry -> place(entry.file, entry.key))
            .findFirst();
    return there.orElse(bean.isEmpty() ? "" : place(bean.get(0).file, bean.get(0).value));
  }

  /** Where a step or what stands at the top of a file is a text, and not one of few that may be. */
  String placeOfTextForKeys() {
    return Stream.concat(
            roots.entrySet().stream().map(root -> new Entry(root.getKey(), null, root.getValue())),
            all().filter(entry -> entry.name().equals("steps")))
        .flatMap(list -> children(list.value).stream().flatMap(item -> entries(list.file, item)))
        .filter(entry -> entry.value instanceof ScalarNode && !TEXT_STEPS.contains(entry.name()))
        .map(entry -> place(entry.file, entry.value))
        .findFirst()
        .orElse("");
  }

  /** Where a key stands that is nearest to a line, from 0, of a file; else that line. */
  String placeOfKey(String file, String key, int line) {
    return all()
        .filter(entry -> entry.file.equals(Path.of(file)) && entry.name().equals(key))
        .min((a, b) -> Integer.compare(distance(a, line), distance(b, line)))
        .map(entry -> place(entry.file, entry.key))
        .orElse(file + ":" + (line + 1) + ": ");
  }

  /** The file and line of a step of a route, or of the route where the step is not found. */
  String placeOfStep(String routeId, String step) {
    for (Entry route : roots("route").toList()) {
      Optional<Entry> id =
          entries(route.file, route.value)
              .filter(entry -> entry.name().equals("id") && scalar(entry.value).equals(routeId))
              .findFirst();
      if (id.isPresent()) {
        return all(route.file, route.value)
            .flatMap(RouteFiles::eachValue)
            .filter(entry -> !step.isEmpty() && scalar(entry.value).contains(step))
            .findFirst()
            .or(() -> id)
            .map(entry -> place(entry.file, entry.value).replaceFirst(":\\d+: $", ": "))
            .orElse("");
      }
    }
    return step.isEmpty() ? "" : placeOfValue(value -> withoutOptions(value).endsWith(step));
  }

  private static String withoutOptions(String uri) {
    return uri.replaceFirst("(?s)\\?.*", "");
  }

  private static int distance(Entry entry, int line) {
    return entry.key.getStartMark().map(mark -> Math.abs(mark.getLine() - line)).orElse(0);
  }

  /** The placeholders that stand anywhere in the files. */
  Set<Placeholder> placeholders() {
    return placeholders;
  }

  /** The names of all beans. */
  List<String> beanNames() {
    return beans().map(entry -> field(entry.value, "name")).toList();
  }

  private static String place(Path file, Node node) {
    return file + node.getStartMark().map(mark -> ":" + where(mark)).orElse("") + ": ";
  }

  // ---- the tree

  private Stream<Entry> all() {
    return roots.entrySet().stream().flatMap(root -> all(root.getKey(), root.getValue()));
  }

  private static Stream<Entry> all(Path file, Node node) {
    return Stream.concat(
        entries(file, node), children(node).stream().flatMap(child -> all(file, child)));
  }

  /** What stands at the top of the files under a key. */
  private Stream<Entry> roots(String key) {
    return roots.entrySet().stream()
        .flatMap(root -> children(root.getValue()).stream().flatMap(i -> entries(root.getKey(), i)))
        .filter(entry -> entry.name().equals(key));
  }

  private Stream<Entry> beans() {
    return roots("beans")
        .flatMap(list -> children(list.value).stream().map(b -> new Entry(list.file, list.key, b)));
  }

  private static Stream<Entry> entries(Path file, Node node) {
    return node instanceof MappingNode mapping
        ? mapping.getValue().stream()
            .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode)
            .map(tuple -> new Entry(file, (ScalarNode) tuple.getKeyNode(), tuple.getValueNode()))
        : Stream.empty();
  }

  private static List<Node> children(Node node) {
    if (node instanceof MappingNode mapping) {
      return mapping.getValue().stream().map(NodeTuple::getValueNode).toList();
    }
    return node instanceof SequenceNode sequence ? sequence.getValue() : List.of();
  }

  /** The entry once for each of its values, if they are a list. */
  private static Stream<Entry> eachValue(Entry entry) {
    return entry.value instanceof SequenceNode
        ? children(entry.value).stream().map(value -> new Entry(entry.file, entry.key, value))
        : Stream.of(entry);
  }

  private static String field(Node node, String key) {
    return entries(null, node)
        .filter(entry -> entry.name().equals(key))
        .map(entry -> scalar(entry.value))
        .findFirst()
        .orElse("");
  }

  private static String scalar(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }
}
