// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a server block decides, as choices that routes can make: by request line and by argument of
 * the query. What it decides by anything else is told. Confined to one thread.
 */
public final class Choices {
  /** What becomes of a request. */
  public sealed interface Step {}

  /** It is sent on. */
  public record To(Target target) implements Step {}

  /** It is refused. */
  public record Refused() implements Step {}

  /** nginx itself serves it, or it cannot be told who does. */
  public record Kept() implements Step {}

  /** The first condition that holds decides. */
  public record Choice(List<When> whens, Step otherwise) implements Step {}

  /**
   * A condition of a choice.
   *
   * @param language request, query or field
   */
  public record When(String language, String expression, Step then) {}

  static final Set<String> PATHS = Set.of("uri", "document_uri", "request_uri");
  private static final Set<String> LOST =
      Set.of("if", "rewrite", "limit_except", "allow", "deny", "auth_request", "js_content");
  private static final int MAX_DEPTH = 10;

  private final Site site;
  private final Set<String> lost = new TreeSet<>();
  private final Map<String, String> set = new HashMap<>();

  private Choices(Site site) {
    this.site = site;
  }

  /**
   * Makes the choices of a server block.
   *
   * @param lost is given what no choice says, with its place
   */
  public static Step of(Site site, Server server, Set<String> lost) {
    Choices choices = new Choices(site);
    Block block = server.block();
    choices.note(block);
    choices.addSets(block);
    Step made = choices.locate(block, List.of(), null);
    lost.addAll(choices.lost);
    return made;
  }

  private void note(Block block) {
    for (Directive each : block.directive().children()) {
      if (LOST.contains(each.name())) {
        lose(each);
      }
    }
  }

  private void lose(Directive each) {
    lost.add(each.place() + ": " + each);
  }

  /**
   * Where a request goes that is in a block, as ngx_http_core_find_location decides it.
   *
   * @param later the patterns of blocks around it, which count behind its own
   * @param winner the location that takes it if no other does; null for none
   */
  private Step locate(Block block, List<Block> later, @Nullable Block winner) {
    List<When> whens = new ArrayList<>();
    for (Block each : block.exact().values()) {
      whens.add(new When("request", "^" + plain(each.name()) + "$", leaf(each)));
    }
    List<Block> patterns = new ArrayList<>(block.patterns());
    patterns.addAll(later);
    List<Block> prefixes = new ArrayList<>(block.prefixes().values());
    prefixes.sort(Comparator.comparing((Block each) -> each.name().length()).reversed());
    boolean simple = prefixes.stream().allMatch(Choices::isSimple);
    if (simple) {
      addPatterns(whens, patterns);
    }
    for (Block each : prefixes) {
      List<Block> behind = each.kind() == Block.Kind.FINAL_PREFIX ? later : patterns;
      whens.add(
          new When(
              "request",
              "^" + plain(each.name()),
              simple ? leaf(each) : locate(each, behind, each)));
    }
    if (!simple) {
      addPatterns(whens, patterns);
    }
    return choice(whens, winner == null ? new Kept() : leaf(winner));
  }

  /** Whether all patterns count before it, and nothing in it. */
  private static boolean isSimple(Block prefix) {
    return prefix.kind() == Block.Kind.PREFIX
        && prefix.exact().isEmpty()
        && prefix.prefixes().isEmpty()
        && prefix.patterns().isEmpty();
  }

  private void addPatterns(List<When> whens, List<Block> patterns) {
    for (Block each : patterns) {
      if (each.pattern().lines().isEmpty()) {
        lose(each.directive());
      } else {
        whens.add(
            new When(
                "request",
                String.join("\n", each.pattern().lines()),
                locate(each, List.of(), each)));
      }
    }
  }

  static Step choice(List<When> whens, Step otherwise) {
    return whens.isEmpty() ? otherwise : new Choice(List.copyOf(whens), otherwise);
  }

  static String plain(String path) {
    return path.replaceAll("[^A-Za-z0-9/_]", "\\\\$0");
  }

  // ---- what a location does

  private Step leaf(Block location) {
    note(location);
    Directive answer = location.own("return");
    if (answer != null) {
      return answer.argument(0).matches("[45]\\d\\d") ? new Refused() : new Kept();
    }
    Directive pass = location.own("proxy_pass");
    if (pass == null || location.own("internal") != null) {
      return new Kept();
    }
    Map<String, String> outside = Map.copyOf(set);
    addSets(location);
    Step step = resolve(pass, pass.argument(0), 0);
    set.clear();
    set.putAll(outside);
    return step;
  }

  private void addSets(Block block) {
    block.directive().all("set").forEach(each -> set.put(name(each.argument(0)), each.argument(1)));
  }

  private static String name(String variable) {
    return variable.replaceFirst("^\\$", "").toLowerCase(Locale.ROOT);
  }

  /** Whom a URL names, with a choice for each variable in the name. */
  private Step resolve(Directive pass, String url, int depth) {
    Template template = Template.of(pass.place(), url);
    int end = 0;
    StringBuilder known = new StringBuilder();
    for (Template.Part part : template.parts()) {
      if (part.isVariable()) {
        break;
      }
      known.append(part.text());
      end++;
    }
    boolean isWhole = known.indexOf("://") >= 0 && known.toString().matches("\\w+://[^/]+/.*");
    if (end == template.parts().size() || isWhole || isPathNext(template, end, known)) {
      Authority authority = Authority.of(known.toString());
      if (authority != null) {
        return new To(authority.target(site));
      }
      lose(pass);
      return new Kept();
    }
    String variable = template.parts().get(end).text();
    if (depth > MAX_DEPTH) {
      lose(pass);
      return new Kept();
    }
    String rest = known.toString() + "\0" + text(template, end + 1);
    if (set.containsKey(variable)) {
      return resolve(pass, rest.replace("\0", set.get(variable)), depth + 1);
    }
    MapTable map = site.maps().get(variable);
    if (map == null) {
      lose(pass);
      return new Kept();
    }
    return new MapChoices(site, lost).of(map, value -> value(pass, value, rest, depth));
  }

  /** Whether the variable behind a complete name is the path. */
  private static boolean isPathNext(Template template, int next, StringBuilder known) {
    return PATHS.contains(template.parts().get(next).text())
        && known.toString().matches("\\w+://\\S+");
  }

  private static String text(Template template, int from) {
    StringBuilder text = new StringBuilder();
    for (Template.Part part : template.parts().subList(from, template.parts().size())) {
      text.append(part.isVariable() ? "${" + part.text() + "}" : part.text());
    }
    return text.toString();
  }

  private Step value(Directive pass, @Nullable Template value, String rest, int depth) {
    String text = value == null ? "" : text(value, 0);
    return text.isEmpty() ? new Kept() : resolve(pass, rest.replace("\0", text), depth + 1);
  }
}
