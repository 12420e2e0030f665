package org.synapsegateway.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * The route files as YAML, read before Camel makes routes of them: what is wrong with them that
 * Camel would pass over or tell without its place.
 */
public final class RouteFiles extends RouteTree {
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
    RouteDirectories.files(pattern, files.faults).forEach(files::readIfReadable);
    files.findTwins();
    return files;
  }

  /**
   * Refuses files that are not right.
   *
   * @throws ConfigurationException if one of the files is not right
   */
  public void check() {
    ConfigurationException.throwIfAny(faults);
  }

  private void readIfReadable(Path file) {
    ReadableFile.fault(file).ifPresentOrElse(faults::add, () -> read(file));
  }

  private void read(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(ReadableFile.bytes(file));
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      Placeholder.in(text).forEach(placeholders::add);
      // Camel has other forms of routes too, which it reads itself
      if (file.toString().endsWith(".yaml") || file.toString().endsWith(".yml")) {
        readYaml(file, text);
      }
    } catch (CharacterCodingException e) {
      faults.add(file + ": is no text in UTF-8");
    } catch (IOException | UncheckedIOException e) {
      faults.add(file + ": cannot be read: " + e.getMessage());
    } catch (MarkedYamlEngineException e) {
      faults.add(syntax(file.toString(), e));
    } catch (YamlEngineException e) {
      faults.add(file + ": is no YAML: " + e.getMessage());
    } catch (StackOverflowError e) {
      remove(file);
      faults.add(file + ": is nested too deeply; look for brackets or dashes that are too many");
    }
  }

  private void readYaml(Path file, String text) {
    LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
    Optional<Node> root = new Compose(settings).composeString(text);
    if (root.isEmpty()) {
      faults.add(
          file
              + ": holds nothing; write a route, or name it other than *"
              + RouteDirectories.SUFFIX);
    } else if (root.get() instanceof SequenceNode list) {
      add(file, list);
      findTwinKeys(file, list);
    } else {
      faults.add(
          place(file, root.get())
              + "a route file is a list; its first line is for example \"- route:\"");
    }
  }

  /** Tells what a YAML parser found, in one line and without the text that it found. */
  static String syntax(String file, MarkedYamlEngineException e) {
    boolean named = e.getContext() != null && !e.getContext().isBlank();
    String begin = e.getContextMark().map(mark -> " that begins at " + where(mark)).orElse("");
    return e.getProblemMark().map(mark -> file + ":" + where(mark)).orElse(file)
        + ": is no YAML: "
        + e.getProblem()
        + (named ? ", " + e.getContext() + begin : "")
        + "; look at the indents, quotes and brackets there";
  }

  // ---- what stands twice

  private void findTwinKeys(Path file, Node node) {
    Map<String, ScalarNode> seen = new LinkedHashMap<>();
    for (Entry entry : entries(file, node).toList()) {
      ScalarNode first = seen.putIfAbsent(entry.name(), entry.key());
      if (first != null) {
        faults.add(
            place(file, entry.key())
                + "key \""
                + entry.name()
                + "\" stands at "
                + first.getStartMark().map(RouteTree::where).orElse("another place")
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
        .flatMap(thing -> entries(thing.file(), thing.value()))
        .filter(entry -> entry.name().equals(key))
        .forEach(
            entry -> {
              Entry first = seen.putIfAbsent(scalar(entry.value()), entry);
              if (first != null) {
                faults.add(
                    place(entry.file(), entry.value())
                        + "%s %s stands at ".formatted(what, scalar(entry.value()))
                        + place(first.file(), first.value()).replaceFirst(": $", "")
                        + " already; give one of them another "
                        + key);
              }
            });
  }

  /** The placeholders that stand anywhere in the files. */
  Set<Placeholder> placeholders() {
    return placeholders;
  }
}
