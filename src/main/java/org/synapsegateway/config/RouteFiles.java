// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * The route files as YAML, read before Camel makes routes of them: what is wrong with them that
 * Camel would pass over or tell without its place.
 */
public final class RouteFiles extends RouteTree {
  /** What takes part in transactions: the class that Camel takes it from, and that class's jar. */
  private record Transactions(String type, String artifact) {}

  private static final Map<String, Transactions> TRANSACTIONS =
      Map.of(
          "jtaTransactionErrorHandler",
          new Transactions("org.apache.camel.jta.JtaTransactionPolicy", "camel-jta"),
          "springTransactionErrorHandler",
          new Transactions("org.apache.camel.spring.spi.SpringTransactionPolicy", "camel-spring"));

  private final List<Fault> faults = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();

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
    files.findDuplicates();
    return files;
  }

  /**
   * Refuses files that are not right.
   *
   * @throws ConfigurationException if one of the files is not right
   */
  public void check() {
    findTransactions();
    ConfigurationException.throwIfAny(faults);
  }

  private void readIfReadable(Path file) {
    ReadableFile.fault(file).ifPresentOrElse(faults::add, () -> read(file));
  }

  private void read(Path file) {
    try {
      String text = ReadableFile.text(file);
      texts.add(text);
      // Camel has other forms of routes too, which it reads itself
      if (file.toString().endsWith(".yaml") || file.toString().endsWith(".yml")) {
        readYaml(file, text);
      }
    } catch (ConfigurationException e) {
      faults.addAll(e.faults());
    } catch (IOException | UncheckedIOException e) {
      faults.add(ReadableFile.fault(file, "the file cannot be read: " + e.getMessage()));
    } catch (MarkedYamlEngineException e) {
      faults.add(YamlSyntax.fault(file.toString(), e));
    } catch (YamlEngineException e) {
      add(Code.BAD_YAML, file.toString(), "", "not valid YAML: " + e.getMessage());
    } catch (StackOverflowError e) {
      remove(file);
      add(
          Code.TOO_DEEP,
          file.toString(),
          "",
          "the YAML is nested too deeply; look for surplus brackets or dashes");
    }
  }

  private void add(Code code, String place, String value, String text) {
    faults.add(new Fault(code, place, value, text));
  }

  private void readYaml(Path file, String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setAllowNonScalarKeys(true).build();
    Optional<Node> root = new Compose(settings).composeString(text);
    if (root.isEmpty()) {
      add(
          Code.EMPTY_ROUTE_FILE,
          file.toString(),
          "",
          "the file is empty; write a route, or name it other than *" + RouteDirectories.SUFFIX);
    } else if (root.get() instanceof SequenceNode list) {
      add(file, list);
      findDuplicateKeys(file, list);
    } else {
      add(
          Code.BAD_ROUTE_FILE,
          place(file, root.get()),
          "",
          "a route file is a list; begin it for example with \"- route:\"");
    }
  }

  // ---- duplicates

  private void findDuplicateKeys(Path file, Node node) {
    if (node instanceof MappingNode mapping) {
      mapping.getValue().stream()
          .map(NodeTuple::getKeyNode)
          .filter(key -> !(key instanceof ScalarNode))
          .forEach(
              key ->
                  add(
                      Code.BAD_KEY,
                      place(file, key),
                      "",
                      "a key is a text, not a list or mapping; put a text with {{..}} in quotes"));
    }
    Map<String, ScalarNode> seen = new LinkedHashMap<>();
    for (Entry entry : entries(file, node).toList()) {
      ScalarNode first = seen.putIfAbsent(entry.name(), entry.key());
      if (first != null) {
        add(
            Code.DUPLICATE_KEY,
            place(file, entry.key()),
            entry.name(),
            "key \"%s\" is at %s too; remove one"
                .formatted(
                    entry.name(),
                    first.getStartMark().map(RouteTree::where).orElse("another place")));
      }
    }
    children(node).forEach(child -> findDuplicateKeys(file, child));
  }

  private void findDuplicates() {
    findDuplicates(Code.DUPLICATE_BEAN, "bean", "name", beans());
    findDuplicates(Code.DUPLICATE_ROUTE, "route", "id", roots("route"));
  }

  private void findDuplicates(Code code, String what, String key, Stream<Entry> things) {
    Map<String, Entry> seen = new LinkedHashMap<>();
    things
        .flatMap(thing -> entries(thing.file(), thing.value()))
        .filter(entry -> entry.name().equals(key))
        .forEach(
            entry -> {
              String name = scalar(entry.value());
              Entry first = seen.putIfAbsent(name, entry);
              if (first != null) {
                add(
                    code,
                    place(entry.file(), entry.value()),
                    name,
                    "%s %s is at %s too; give one of them another %s"
                        .formatted(what, name, place(first.file(), first.value()), key));
              }
            });
  }

  // ---- transactions

  /** Without its jar Camel takes such a handler for its default one, and says nothing. */
  private void findTransactions() {
    TRANSACTIONS.forEach(
        (key, from) -> {
          boolean isThere = texts.stream().anyMatch(text -> text.contains(key));
          String place = isThere ? placeOfKey(key) : "";
          if (!place.isEmpty() && isMissing(from.type)) {
            add(
                Code.MISSING_CLASS,
                place,
                key,
                "\"%s\" needs org.apache.camel:%s:%s; put that jar and those it depends on into %s/"
                    .formatted(
                        key,
                        from.artifact,
                        new CamelArtifacts().version(),
                        ExtensionJars.DIRECTORY));
          }
        });
  }

  private static boolean isMissing(String type) {
    try {
      Class.forName(type, false, ExtensionJars.use());
      return false;
    } catch (ClassNotFoundException e) {
      return true;
    }
  }

  /** The placeholders of all files. */
  Set<Placeholder> placeholders() {
    return texts.stream().flatMap(Placeholder::in).collect(Collectors.toSet());
  }
}
