// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One server block with the gateway in place of Synapse: prefixes for the gateway, and before a
 * pattern that stays the patterns of Synapse that nginx tries before it.
 */
final class StayingServer {
  static final List<String> PREFIXES =
      List.of(
          "/_matrix/",
          "/_synapse/client/",
          "/_synapse/admin/",
          "/_synapse/mas/",
          "/.well-known/matrix/");

  private static final String UPLOAD = "/_matrix/media/v3/upload";
  private static final String MEDIA = "~ ^/_matrix/(media|client/v1/media)/";

  /** As docs/front.md explains it. */
  private static final String PROXY =
      """
              client_max_body_size 0;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $host;
      """;

  private static final String NAMES_CLIENT =
      """
              proxy_set_header X-Forwarded-For $remote_addr;
              proxy_set_header X-Forwarded-Proto $scheme;
      """;

  private static final String PASS =
      """
              proxy_buffering off;
              proxy_read_timeout 20m;
              proxy_pass http://gateway;
      """;

  private static final String STREAMED = "        proxy_request_buffering off;\n";

  /** Numbers of groups, and what has a name or counts for the rest, mean no other pattern. */
  private static final Pattern ALONE = Pattern.compile("\\(\\?(?!:)|\\(\\*|\\\\[1-9gk]");

  /** A word of nginx's has less than 4 KiB. */
  private static final int MAX_PATTERN = 3000;

  private final Server server;
  private final Predicate<Directive> passesToSynapse;
  private final Predicate<String> isSent;
  private final PassedFields fields;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param passesToSynapse whether a directive is a {@code proxy_pass} to Synapse
   * @param isSent whether it sends Synapse the requests for a path
   */
  StayingServer(Server server, Predicate<Directive> passesToSynapse, Predicate<String> isSent) {
    this.server = server;
    this.passesToSynapse = passesToSynapse;
    this.isSent = isSent;
    fields = new PassedFields(server, passesToSynapse);
  }

  Server server() {
    return server;
  }

  /** Whether the client is whoever somebody tells, and nothing says who may. */
  boolean relays() {
    return fields.relay();
  }

  /** What refuses or delays requests in the locations for Synapse. */
  List<Guard> guards() {
    return locations().stream()
        .filter(this::leads)
        .map(Guard::of)
        .filter(guard -> !guard.names().isEmpty())
        .toList();
  }

  private List<Directive> locations() {
    return server.block().directive().all("location").toList();
  }

  private boolean leads(Directive location) {
    return location.within().anyMatch(passesToSynapse);
  }

  private boolean leadsElsewhere(Directive location) {
    return location
        .within()
        .anyMatch(each -> each.name().endsWith("_pass") && !passesToSynapse.test(each));
  }

  String text() {
    text.setLength(0);
    text.append("\n# in place of ").append(server.place()).append("\nserver {\n");
    server.block().directive().children().stream()
        .filter(each -> !each.is("location"))
        .forEach(each -> text.append(DirectiveText.of(each, 1)));
    boolean media = addLocations();
    prefixes().forEach(prefix -> add(prefix, STREAMED));
    if (!media) {
      addMedia();
    }
    return text.append("}\n").toString();
  }

  /**
   * Adds the locations that stay, in their order.
   *
   * @return whether that of media has been added too
   */
  private boolean addLocations() {
    boolean media = false;
    List<Block> before = new ArrayList<>(); // patterns of Synapse that are not yet written
    for (Directive each : locations()) {
      Block pattern = pattern(each);
      if (!leads(each)) {
        if (pattern != null && !before.isEmpty()) {
          if (!media && before.stream().anyMatch(StayingServer::takesUploads)) {
            addMedia();
            media = true;
          }
          addPatterns(before);
          before.clear();
        }
        text.append('\n').append(DirectiveText.of(each, 1));
      } else {
        if (leadsElsewhere(each)) {
          text.append("\n    # ")
              .append(each.place())
              .append(" leads to others too: move what is theirs here\n");
        }
        if (pattern != null) {
          before.add(pattern);
        }
      }
    }
    return media;
  }

  private @Nullable Block pattern(Directive location) {
    return server.block().patterns().stream()
        .filter(block -> block.directive().equals(location))
        .findFirst()
        .orElse(null);
  }

  private static boolean takesUploads(Block pattern) {
    return pattern.pattern().find(UPLOAD) != null;
  }

  private void addPatterns(List<Block> patterns) {
    StringBuilder joined = new StringBuilder();
    for (Block each : patterns) {
      String modifier = isCaseless(each) ? "~* " : "~ ";
      if (ALONE.matcher(each.name()).find() || each.name().length() > MAX_PATTERN) {
        flush(joined);
        add(modifier + DirectiveText.quoted(each.name()), STREAMED);
      } else {
        String group = (isCaseless(each) ? "(?i:" : "(?:") + each.name() + ")";
        if (joined.length() + group.length() > MAX_PATTERN) {
          flush(joined);
        }
        joined.append(joined.isEmpty() ? "" : "|").append(group);
      }
    }
    flush(joined);
  }

  private static boolean isCaseless(Block pattern) {
    return pattern.directive().argument(0).startsWith("~*");
  }

  private void flush(StringBuilder joined) {
    if (!joined.isEmpty()) {
      add("~ " + DirectiveText.quoted(joined.toString()), STREAMED);
      joined.setLength(0);
    }
  }

  private List<String> prefixes() {
    if (isSent.test("/x")) {
      return List.of("/");
    }
    List<String> prefixes =
        new ArrayList<>(PREFIXES.stream().filter(prefix -> isSent.test(prefix + "x")).toList());
    if (!prefixes.contains("/_matrix/")) {
      prefixes.add(0, "/_matrix/");
    }
    return prefixes;
  }

  private void addMedia() {
    if (isSent.test(UPLOAD)) {
      text.append("\n    # with request buffering, which sends Synapse a Content-Length");
      add(MEDIA, "");
    }
  }

  private void add(String location, String more) {
    text.append("\n    location ").append(location).append(" {\n").append(PROXY);
    text.append(fields.nameClient() ? "" : NAMES_CLIENT).append(PASS).append(fields);
    text.append(more).append("    }\n");
  }
}
