// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;
import org.synapsegateway.identity.QueryArguments;

/**
 * The shipped routes as they are written, read without Camel and matched with {@link Pattern}: a
 * second opinion on where a request goes.
 */
final class ShippedRoutes {
  private final Map<String, Map<String, Object>> routes = new LinkedHashMap<>();
  private final Map<String, Map<String, Object>> beans = new LinkedHashMap<>();
  private final List<Branch> branches = new ArrayList<>();

  /** One {@code when} of the front route that is a request expression. */
  private record Branch(List<Line> lines, String route) {
    boolean matches(RequestHead head) {
      return lines.stream().anyMatch(line -> line.matches(head));
    }
  }

  private record Line(List<String> methods, Pattern path) {
    static Line of(String text) {
      int space = text.indexOf(' ');
      List<String> methods = space < 0 ? List.of() : List.of(text.substring(0, space).split("\\|"));
      return new Line(methods, Pattern.compile(text.substring(space + 1)));
    }

    boolean matches(RequestHead head) {
      String method = head.isHead() ? "GET" : head.method();
      return (methods.isEmpty() || methods.contains(method))
          && path.matcher(head.path()).lookingAt();
    }
  }

  ShippedRoutes() throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
      for (Path file : files) {
        read(Files.readString(file));
      }
    }
    for (Map<String, Object> when : list(choice("front"), "when")) {
      String lines = expression(when, "request");
      if (lines != null) {
        branches.add(new Branch(lines(lines), target(when)));
      }
    }
  }

  private void read(String yaml) {
    for (Map<String, Object> item :
        maps(new Load(LoadSettings.builder().build()).loadFromString(yaml))) {
      if (item.containsKey("route")) {
        Map<String, Object> route = map(item.get("route"));
        if (routes.put((String) route.get("id"), route) != null) {
          throw new IllegalStateException("two routes " + route.get("id"));
        }
      }
      for (Map<String, Object> bean : list(item, "beans")) {
        beans.put((String) bean.get("name"), bean);
      }
    }
  }

  /** The ids of all routes. */
  Iterable<String> ids() {
    return routes.keySet();
  }

  String description(String id) {
    return (String) routes.get(id).get("description");
  }

  /** The routes that the front route sends the request to, by any of its lines. */
  List<String> claimants(RequestHead head) {
    return branches.stream().filter(branch -> branch.matches(head)).map(Branch::route).toList();
  }

  /** The route that balances the request, or that has nothing to balance. */
  String group(RequestHead head) {
    List<String> claimants = claimants(head);
    String id = claimants.isEmpty() ? "main" : claimants.get(0);
    if (id.equals("well-known")) {
      return "main"; // while no setting says more
    }
    while (choice(id) != null) {
      id = choose(choice(id), head);
    }
    return id;
  }

  private static String choose(Map<String, Object> choice, RequestHead head) {
    for (Map<String, Object> when : list(choice, "when")) {
      if (isTrue(when, head)) {
        return target(when);
      }
    }
    return target(map(choice.get("otherwise")));
  }

  private static boolean isTrue(Map<String, Object> when, RequestHead head) {
    String query = expression(when, "query");
    String argument = expression(when, "argument");
    if (query != null) {
      return head.argument(query) != Span.EMPTY;
    }
    if (argument != null) {
      String[] wanted = argument.split("=", 2);
      return QueryArguments.first(head, wanted[0]).text().equals(wanted[1]);
    }
    return lines(expression(when, "request")).stream().anyMatch(line -> line.matches(head));
  }

  /** The name of the bean that balances a route; null if nothing does. */
  String balancer(String id) {
    Map<String, Object> block = map(step(id).get("loadBalance"));
    return block == null ? null : (String) map(block.get("customLoadBalancer")).get("ref");
  }

  /** What a route is balanced by. */
  HashKey key(String id) {
    ConsistentHash balancer = new ConsistentHash();
    Map<String, Object> properties = map(beans.get(balancer(id)).get("properties"));
    if (properties != null && properties.containsKey("key")) {
      balancer.setKey((String) properties.get("key"));
    }
    return HashKey.of(balancer.getKey(), null);
  }

  /** The last step of a route's block, which stands in for its workers. */
  String fallback(String id) {
    List<Map<String, Object>> steps = list(map(step(id).get("loadBalance")), "steps");
    return (String) steps.get(steps.size() - 1).get("to");
  }

  boolean exists(String uri) {
    return uri.startsWith("direct:") && routes.containsKey(uri.substring("direct:".length()));
  }

  private Map<String, Object> choice(String id) {
    return map(step(id).get("choice"));
  }

  private Map<String, Object> step(String id) {
    return list(map(routes.get(id).get("from")), "steps").get(0);
  }

  private static String expression(Map<String, Object> when, String language) {
    Map<String, Object> expression = map(map(when.get("expression")).get("language"));
    return expression != null && language.equals(expression.get("language"))
        ? (String) expression.get("expression")
        : null;
  }

  private static List<Line> lines(String expression) {
    return expression
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(Line::of)
        .toList();
  }

  private static String target(Map<String, Object> branch) {
    String to = (String) list(branch, "steps").get(0).get("to");
    return to.substring("direct:".length());
  }

  private static List<Map<String, Object>> list(Map<String, Object> map, String key) {
    return map.containsKey(key) ? maps(map.get(key)) : List.of();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> maps(Object yaml) {
    return (List<Map<String, Object>>) yaml;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object yaml) {
    return (Map<String, Object>) yaml;
  }
}
