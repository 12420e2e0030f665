// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Route files as trees of YAML, and the lines of their parts. */
abstract class RouteTree {
  /** The keys of routes at the top of a file. */
  private static final Set<String> ROUTES = Set.of("route", "from");

  /** A key in a file, and what it is the key of. */
  record Entry(Path file, ScalarNode key, Node value) {
    String name() {
      return key.getValue();
    }
  }

  private final Map<Path, Node> roots = new TreeMap<>();

  /** Adds a file. */
  final void add(Path file, Node root) {
    roots.put(file, root);
  }

  /** Forgets a file, which is not right. */
  final void remove(Path file) {
    roots.remove(file);
  }

  /** Where a text is a value; the empty text if it is nowhere. */
  String placeOfValue(Predicate<String> text) {
    return all()
        .flatMap(RouteTree::eachValue)
        .filter(entry -> text.test(scalar(entry.value)))
        .map(entry -> place(entry.file, entry.value))
        .findFirst()
        .orElse("");
  }

  /** Where a name is a key for the first time; the empty text if nowhere. */
  String placeOfKey(String name) {
    return all()
        .filter(entry -> entry.name().equals(name))
        .map(entry -> place(entry.file, entry.key))
        .findFirst()
        .orElse("");
  }

  /** The line of a bean's property, or of the bean if it has no such property. */
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

  /** The first bean without a key; the empty text if all have it. */
  String placeOfBeanWithout(String key) {
    return beans()
        .filter(bean -> field(bean.value, key).isEmpty())
        .map(bean -> place(bean.file, bean.value))
        .findFirst()
        .orElse("");
  }

  /** Where a key at the top of a file comes after a route of that file; else empty. */
  String placeAfterRoute(String name) {
    for (Map.Entry<Path, Node> root : roots.entrySet()) {
      Optional<Entry> late =
          items(root.getKey(), root.getValue())
              .dropWhile(entry -> !ROUTES.contains(entry.name()))
              .filter(entry -> entry.name().equals(name))
              .findFirst();
      if (late.isPresent()) {
        return place(late.get().file, late.get().key);
      }
    }
    return "";
  }

  /** The line of the key that is nearest to a line, from 0, of a file; else that line. */
  String placeOfKey(String file, String key, int line) {
    return all()
        .filter(entry -> entry.file.equals(Path.of(file)) && entry.name().equals(key))
        .min((a, b) -> Integer.compare(distance(a, line), distance(b, line)))
        .map(entry -> place(entry.file, entry.key))
        .orElse(file + ":" + (line + 1));
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
            .flatMap(RouteTree::eachValue)
            .filter(entry -> !step.isEmpty() && scalar(entry.value).contains(step))
            .findFirst()
            .or(() -> id)
            .map(entry -> place(entry.file, entry.value).replaceFirst(":\\d+$", ""))
            .orElse("");
      }
    }
    return step.isEmpty()
        ? ""
        : placeOfValue(value -> RouteModel.withoutOptions(value).endsWith(step));
  }

  private static int distance(Entry entry, int line) {
    return entry.key.getStartMark().map(mark -> Math.abs(mark.getLine() - line)).orElse(0);
  }

  /** The names of all beans. */
  List<String> beanNames() {
    return beans().map(entry -> field(entry.value, "name")).toList();
  }

  static String place(Path file, Node node) {
    return file + node.getStartMark().map(mark -> ":" + where(mark)).orElse("");
  }

  Stream<Entry> all() {
    return roots.entrySet().stream().flatMap(root -> all(root.getKey(), root.getValue()));
  }

  static Stream<Entry> all(Path file, Node node) {
    return Stream.concat(
        entries(file, node), children(node).stream().flatMap(child -> all(file, child)));
  }

  /** The values of a key at the top of the files. */
  Stream<Entry> roots(String key) {
    return roots.entrySet().stream()
        .flatMap(root -> items(root.getKey(), root.getValue()))
        .filter(entry -> entry.name().equals(key));
  }

  Stream<Entry> beans() {
    return roots("beans")
        .flatMap(list -> children(list.value).stream().map(b -> new Entry(list.file, list.key, b)));
  }

  static Stream<Entry> entries(Path file, Node node) {
    return keys(node)
        .map(tuple -> new Entry(file, (ScalarNode) tuple.getKeyNode(), tuple.getValueNode()));
  }

  private static Stream<NodeTuple> keys(Node node) {
    return node instanceof MappingNode mapping
        ? mapping.getValue().stream().filter(tuple -> tuple.getKeyNode() instanceof ScalarNode)
        : Stream.empty();
  }

  /** The entries of a list's items. */
  private static Stream<Entry> items(Path file, Node list) {
    return children(list).stream().flatMap(item -> entries(file, item));
  }

  static List<Node> children(Node node) {
    if (node instanceof MappingNode mapping) {
      return mapping.getValue().stream().map(NodeTuple::getValueNode).toList();
    }
    return node instanceof SequenceNode sequence ? sequence.getValue() : List.of();
  }

  /** The entry once for each of its values, if they are a list. */
  static Stream<Entry> eachValue(Entry entry) {
    return entry.value instanceof SequenceNode
        ? children(entry.value).stream().map(value -> new Entry(entry.file, entry.key, value))
        : Stream.of(entry);
  }

  static String field(Node node, String key) {
    return keys(node)
        .filter(each -> scalar(each.getKeyNode()).equals(key))
        .map(each -> scalar(each.getValueNode()))
        .findFirst()
        .orElse("");
  }

  static String scalar(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  /** A line and a column. */
  static String where(Mark mark) {
    return (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }
}
