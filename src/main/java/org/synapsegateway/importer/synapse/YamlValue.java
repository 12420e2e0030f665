// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A value of a YAML 1.1 file with its place, understood as PyYAML does, which Synapse uses: {@code
 * yes} is true, {@code 0660} is octal, {@code <<} merges, and of two equal keys the last counts.
 *
 * <p>Nothing is made of what is not asked for, so no secret is read, and a value of many references
 * costs no more than its text. Files have at most 4 MiB, their values 100 levels.
 */
public final class YamlValue {
  private static final int LEVELS_MAX = 100;
  private static final int ALIASES_MAX = 10_000;

  /** What programs that fill in templates look for; the braces alone are in values of Synapse's. */
  private static final Pattern TEMPLATE =
      Pattern.compile("\\{%.*?%}|\\{\\{.*?}}|\\$\\{\\w+.*?}|@@\\w+@@|__[A-Z_]+__");

  private final Path file;
  private final Node node;

  private YamlValue(Path file, Node node) {
    this.file = file;
    this.node = node;
  }

  /**
   * Reads a file.
   *
   * @return nothing if the file has no value
   * @throws ConfigurationException if it cannot be read or is not YAML
   */
  public static Optional<YamlValue> read(Path file) {
    if (Files.exists(file)) {
      ReadableFile.fault(file)
          .ifPresent(
              fault -> {
                throw ConfigurationException.of(fault);
              });
    }
    try {
      return parse(file, text(file, ReadableFile.bytes(file)));
    } catch (IOException e) {
      throw ConfigurationException.of(ReadableFile.fault(file, e));
    }
  }

  private static String text(Path file, byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw ConfigurationException.of(
          bad(file.toString(), "is not UTF-8, so Synapse cannot read it either; save it as UTF-8"));
    }
  }

  static Optional<YamlValue> parse(Path file, String text) {
    LoaderOptions limits = new LoaderOptions();
    limits.setNestingDepthLimit(LEVELS_MAX);
    limits.setMaxAliasesForCollections(ALIASES_MAX);
    limits.setCodePointLimit(Integer.MAX_VALUE); // the file's size is bounded
    try {
      Composer composer =
          new Composer(new ParserImpl(new StreamReader(text), limits), new Resolver(), limits);
      return Optional.ofNullable(composer.getSingleNode())
          .map(root -> new YamlValue(file, root))
          .filter(value -> !value.isNull());
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      throw fault(file, text, mark == null ? 0 : mark.getLine() + 1, nameless(e.getProblem()));
    } catch (ReaderException e) {
      long before = text.codePoints().limit(e.getPosition()).filter(c -> c == '\n').count();
      throw fault(file, text, (int) before + 1, "it has a control character");
    } catch (YAMLException e) {
      throw fault(file, text, 0, nameless(String.valueOf(e.getMessage())));
    }
  }

  /** Without what stands in the file, which may be a password without its quotes. */
  private static String nameless(String problem) {
    return problem
        .replaceFirst("(?s)\n.*", "")
        .replaceFirst("(alias|handle|anchor) .*", "$1")
        .replaceFirst(": tag:.*", "");
  }

  /** Refuses tags of a program's own, which are an error to Synapse. */
  void refuseTags() {
    refuseTags(Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private void refuseTags(Set<Node> seen) {
    if (!seen.add(node)) {
      return;
    }
    if (!node.getTag().startsWith(Tag.PREFIX)) {
      throw place().bad("has a tag of its own, !.., which Synapse does not take");
    }
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        new YamlValue(file, tuple.getKeyNode()).refuseTags(seen);
        new YamlValue(file, tuple.getValueNode()).refuseTags(seen);
      }
    } else if (node instanceof SequenceNode list) {
      list.getValue().forEach(each -> new YamlValue(file, each).refuseTags(seen));
    }
  }

  /** With a line of the file, which is 0 if it is not known. */
  private static ConfigurationException fault(Path file, String text, int line, String problem) {
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      Matcher template = TEMPLATE.matcher(lines.get(i));
      if (template.find()) {
        return new Place(file, i + 1).template(template.group());
      }
    }
    String where = line == 0 ? file.toString() : new Place(file, line).toString();
    return ConfigurationException.of(
        bad(where, "is not YAML, so Synapse cannot read it either: " + problem));
  }

  private static Fault bad(String place, String text) {
    return new Fault(Code.BAD_SYNAPSE_FILE, place, "", text);
  }

  public Place place() {
    return new Place(file, node.getStartMark().getLine() + 1);
  }

  public Path file() {
    return file;
  }

  public boolean isMapping() {
    return node instanceof MappingNode;
  }

  public boolean isList() {
    return node instanceof SequenceNode;
  }

  public boolean isNull() {
    return node.getTag().equals(Tag.NULL);
  }

  public boolean isNumber() {
    return node.getTag().equals(Tag.INT);
  }

  /** The value of a key of a mapping; nothing if there is none, or it is null. */
  public Optional<YamlValue> get(String key) {
    return Optional.ofNullable(entries().get(key)).filter(value -> !value.isNull());
  }

  /** The entries of a mapping by their keys, as far as these are plain; none of anything else. */
  public Map<String, YamlValue> entries() {
    Map<String, YamlValue> entries = new LinkedHashMap<>();
    collect(node, entries, Collections.newSetFromMap(new IdentityHashMap<>()));
    return entries;
  }

  /** Adds what is not there yet: own keys before those of {@code <<}, and the last of equals. */
  private void collect(Node from, Map<String, YamlValue> entries, Set<Node> seen) {
    if (!(from instanceof MappingNode mapping) || !seen.add(from)) {
      return;
    }
    Map<String, YamlValue> own = new LinkedHashMap<>();
    List<Node> merged = new ArrayList<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
        merged.add(0, tuple.getValueNode());
      } else if (tuple.getKeyNode() instanceof ScalarNode key) {
        own.put(key.getValue(), new YamlValue(file, tuple.getValueNode()));
      }
    }
    own.forEach(entries::putIfAbsent);
    for (Node value : merged) {
      if (value instanceof SequenceNode list) {
        list.getValue().forEach(each -> collect(each, entries, seen));
      } else {
        collect(value, entries, seen);
      }
    }
  }

  /** The items of a list; of anything else, itself. */
  public List<YamlValue> items() {
    return node instanceof SequenceNode list
        ? list.getValue().stream().map(each -> new YamlValue(file, each)).toList()
        : List.of(this);
  }

  /**
   * A text, a number or a word.
   *
   * @throws ConfigurationException if it is a list or a mapping, or a template makes it
   */
  public String text() {
    if (!(node instanceof ScalarNode scalar)) {
      boolean braces = node instanceof MappingNode mapping && isTemplate(mapping);
      throw braces
          ? place().template("{{ .. }}")
          : place().bad("should be one value, and is several");
    }
    Matcher template = TEMPLATE.matcher(scalar.getValue());
    if (template.find()) {
      throw place().template(template.group());
    }
    return scalar.getValue();
  }

  /** The text of a value that is one, and that no template makes; nothing of another. */
  Optional<String> known() {
    return Optional.of(node)
        .filter(ScalarNode.class::isInstance)
        .map(scalar -> ((ScalarNode) scalar).getValue())
        .filter(value -> !TEMPLATE.matcher(value).find());
  }

  /** What YAML makes of two braces: a mapping whose only key is a mapping. */
  private static boolean isTemplate(MappingNode mapping) {
    return mapping.getValue().size() == 1
        && mapping.getValue().get(0).getKeyNode() instanceof MappingNode;
  }

  /**
   * A whole number, by the rules of YAML 1.1.
   *
   * @throws ConfigurationException if it is none
   */
  public int integer() {
    String digits = text().replace("_", "");
    try {
      if (node.getTag().equals(Tag.INT) && YamlNumber.is(digits)) {
        return Math.toIntExact(YamlNumber.of(digits));
      }
    } catch (NumberFormatException | ArithmeticException e) {
      throw place().bad("is too large a number");
    }
    throw place().bad("should be a whole number, without quotes");
  }

  /** Whether Python takes it for true. */
  public boolean flag() {
    if (!(node instanceof ScalarNode)) {
      return !(node instanceof MappingNode mapping
              ? mapping.getValue()
              : ((SequenceNode) node).getValue())
          .isEmpty();
    }
    String text = text();
    if (node.getTag().equals(Tag.BOOL)) {
      return text.matches("(?i)yes|true|on");
    }
    return !isNull() && !text.isEmpty() && !(node.getTag().equals(Tag.INT) && integer() == 0);
  }

  /** Whether it is the word false, or one of those that mean it. */
  public boolean isFalse() {
    return node.getTag().equals(Tag.BOOL) && !flag();
  }
}
