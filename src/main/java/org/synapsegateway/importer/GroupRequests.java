// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.synapsegateway.routing.pattern.RequestLine;

/**
 * Examples of the requests that each group serves, one for each line of the shipped front route.
 */
final class GroupRequests {
  /** Of the alternatives of a version: the one that every proxy's pattern has. */
  private static final String VERSIONS = "\\((?:[\\w./\\\\]+\\|)*(v3|v1)(?:\\|[\\w./\\\\]+)*\\)";

  /**
   * A request.
   *
   * @param target path and query
   */
  record Example(String method, String target) {}

  private final Map<RouteGroup, List<Example>> examples = new EnumMap<>(RouteGroup.class);

  private GroupRequests() {}

  static Map<RouteGroup, List<Example>> all() {
    GroupRequests requests = new GroupRequests();
    List<String> lines = new ArrayList<>();
    for (String line : Shipped.route("front").lines().map(String::strip).toList()) {
      if (line.matches("([A-Z|]+ )?\\^/.*")) {
        lines.add(line);
      } else if (line.startsWith("- to: direct:")) {
        requests.add(line.substring("- to: direct:".length()), lines);
        lines.clear();
      }
    }
    return requests.examples;
  }

  private void add(String route, List<String> lines) {
    switch (route) {
      case "sync" -> { // its first line is what all clients ask for; the others are old
        add(RouteGroup.INITIAL_SYNC, lines.subList(0, 1), "");
        add(RouteGroup.NORMAL_SYNC, lines.subList(0, 1), "?since=s1");
      }
      case "sliding-sync" -> {
        add(RouteGroup.INITIAL_SLIDING_SYNC, lines, "");
        add(RouteGroup.NORMAL_SLIDING_SYNC, lines, "?pos=1");
      }
      case "mas" -> {
        add(RouteGroup.LOGIN, lines.stream().filter(it -> !it.contains("/sso/")).toList(), "");
        add(RouteGroup.SSO, lines.stream().filter(it -> it.contains("/sso/")).toList(), "");
      }
      default -> RouteGroup.of(route).ifPresent(group -> add(group, lines, ""));
    }
  }

  private void add(RouteGroup group, List<String> lines, String query) {
    List<Example> all = examples.computeIfAbsent(group, key -> new ArrayList<>());
    for (String line : lines) {
      String plain =
          line.replaceFirst(VERSIONS, "$1")
              .replace("/rooms/[^/]+", "/rooms/!r:example")
              .replace("/user/[^/]+", "/user/@u:example");
      String sample = RequestLine.of(plain).get(0).samples().get(0);
      int space = sample.indexOf(' ');
      all.add(new Example(sample.substring(0, space), sample.substring(space + 1) + query));
    }
  }
}
