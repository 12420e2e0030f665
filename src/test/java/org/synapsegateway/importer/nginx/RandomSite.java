// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A site that nobody would write, of what sites are made of, and requests to it. */
final class RandomSite {
  private static final List<String> WORDS =
      List.of("_matrix", "client", "v3", "r0", "rooms", "sync", "send", "key", "_synapse", "admin");
  private static final List<String> IDS = List.of("!r:hs.org", "@u:hs", "%21r%3Ahs", "a%2Fb", "$e");
  private static final List<String> ENDS =
      List.of("", "", "", "/", "//x", "/.", "/../key", "%20", ".", "/%2e%2e/v3");
  private static final List<String> QUERIES =
      List.of("", "", "?", "?since=s1", "?since=", "?a=%20&SINCE=x", "?a=/send", "?a#since=1");
  private static final List<String> METHODS =
      List.of("GET", "GET", "GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS");
  private static final List<String> PATTERNS =
      List.of(
          "^/_matrix/client/(r0|v3)/sync$",
          "^(/_matrix/client/(r0|v3)/sync|/_matrix/key)",
          "^/_matrix/client/(?<version>r0|v3)/rooms/[^/]+/send",
          "/rooms/([^/]*?)/(send|key)$",
          "^/(_matrix|_synapse)/.*?/(sync|rooms)",
          "^\\/_matrix\\/[a-z]{3,6}/",
          "(sync|send)$",
          "^/_matrix/client/[a-z]\\d/",
          "\\.\\.|%|!r:",
          "^/_matrix/(?!client)",
          "v3|r0",
          "^/[_a-z]+$");
  private static final List<String> FIELDS =
      List.of("X-A: 1", "X-A: sync", "Authorization: Bearer syt_YQ_x_1", "X-A: ", "Cookie: a=b");

  private final Random random;
  private final Set<String> used = new LinkedHashSet<>();
  private final StringBuilder text = new StringBuilder();

  RandomSite(Random random) {
    this.random = random;
  }

  private <T> T of(List<T> options) {
    return options.get(random.nextInt(options.size()));
  }

  private boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  String text() {
    text.append("map $arg_since $since { default u0; '' u1; s1 u2; }\n");
    text.append("map $uri $byPath { default u0;");
    map();
    text.append("}\nmap $request_uri $byTarget { default u1; /_matrix/key u2;");
    map();
    text.append("}\nmap $http_authorization $user { default $http_authorization;");
    text.append(" \"~syt_(?<name>.*?)_\" $name; '' $remote_addr; }\n");
    for (int i = 0; i < 3; i++) {
      text.append("upstream u").append(i).append(" { ");
      text.append(of(List.of("", "hash $user consistent;", "hash $uri;", "ip_hash;")));
      text.append(" server 127.0.0.1:80").append(i).append("0; }\n");
    }
    server("listen 80 default_server; server_name a.org;");
    server("listen 80; listen 443 ssl; server_name *.a.org ~^(?<sub>[a-z]+)\\.b\\.org$;");
    return text.toString();
  }

  private void map() {
    Set<String> patterns = new LinkedHashSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      patterns.add(of(PATTERNS).replace("(?<version>", "("));
    }
    for (String pattern : patterns) {
      String mode = of(List.of("~", "~*"));
      text.append(" \"").append(mode).append(pattern.replace("\\", "\\\\")).append("\" u");
      text.append(random.nextInt(3)).append(';');
    }
  }

  private void server(String head) {
    text.append("server { ").append(head).append('\n');
    if (oneIn(4)) {
      text.append(
              of(
                  List.of(
                      "rewrite ^/old/(.*) /_matrix/$1;",
                      "merge_slashes off;",
                      "deny 10.0.0.0/8;",
                      "set $x u0;",
                      "if ($request_method = PUT) { set $x u1; }")))
          .append('\n');
    }
    used.clear();
    int locations = 1 + random.nextInt(6);
    for (int i = 0; i < locations; i++) {
      location("", 0);
    }
    text.append("}\n");
  }

  /**
   * @param under the path of the location around it; null within a pattern, where only patterns may
   *     stand
   */
  private void location(String under, int depth) {
    boolean isPattern = under == null || oneIn(2);
    String where;
    String prefix = under;
    if (isPattern) {
      where = of(List.of("~", "~*")) + " \"" + of(PATTERNS).replace("\\", "\\\\") + '"';
    } else {
      prefix = under + path(1 + random.nextInt(3), under) + (oneIn(3) ? "/" : "");
      where = of(List.of("", "", "=", "^~")) + " " + prefix;
      if (where.startsWith("=") ? !used.add("= " + prefix) : !used.add(prefix)) {
        return;
      }
    }
    text.append("location ").append(where).append(" {\n");
    body(isPattern, where.startsWith("="));
    if (depth < 2 && oneIn(4) && !where.startsWith("=")) {
      location(isPattern ? null : prefix.replaceFirst("/$", ""), depth + 1);
    }
    text.append("}\n");
  }

  private String path(int segments, String under) {
    List<String> words = new ArrayList<>();
    if (under.isEmpty() && oneIn(5)) {
      return "/";
    }
    for (int i = 0; i < segments; i++) {
      words.add(i == 0 && under.isEmpty() ? of(List.of("_matrix", "_synapse")) : of(WORDS));
    }
    return "/" + String.join("/", words);
  }

  private void body(boolean isPattern, boolean isExact) {
    if (oneIn(5)) {
      text.append(
          of(
              List.of(
                  "if ($request_method !~ ^(GET|PUT)$) { return 405; }",
                  "if ($http_x_a = sync) { return 403; }",
                  "if ($http_x_a) { set $x u2; }",
                  "if ($uri ~* (send|sync)$) { rewrite ^ /_matrix/$1? break; }",
                  "rewrite ^/_matrix/(.*)$ /$1?b=$1 last;",
                  "rewrite /client/(.*) /_synapse/$1 break;",
                  "rewrite ^(.*)$ $1?;",
                  "limit_except GET { deny all; }",
                  "allow 10.0.0.0/8; deny all;",
                  "deny 10.1.2.3; allow all;",
                  "internal;",
                  "break;")));
      text.append('\n');
    }
    switch (random.nextInt(10)) {
      case 0 ->
          text.append("return ")
              .append(of(List.of("404", "200 ok", "301 http://x$uri", "444")))
              .append(";\n");
      case 1 -> text.append("proxy_pass http://$since;\n");
      case 2 -> text.append("proxy_pass http://$byPath$request_uri;\n");
      case 3 -> text.append("proxy_pass http://$byTarget;\nproxy_set_header X-B $uri;\n");
      case 4 -> text.append("set $x u1;\nproxy_pass http://$x;\n");
      case 5 ->
          text.append("proxy_pass http://127.0.0.1:9").append(random.nextInt(3)).append("00;\n");
      case 6 ->
          text.append("proxy_pass http://u1")
              .append(isPattern ? "" : of(List.of("/", "/x/y", "/_synapse/")))
              .append(";\n");
      case 7 -> text.append("proxy_pass http://u2/$1/$arg_since?c=$is_args$args;\n");
      default -> text.append("proxy_pass http://u").append(random.nextInt(3)).append(";\n");
    }
    if (text.indexOf("set $x") < 0 && isExact) {
      text.append("set $x u0;\n");
    }
  }

  Question question() {
    String path = path(1 + random.nextInt(5), oneIn(8) ? "x" : "");
    if (oneIn(3)) {
      path = path.replace("/rooms", "/rooms/" + of(IDS));
    }
    if (oneIn(6)) {
      path = path.replace("sync", "%73ync");
    }
    String target = path + of(ENDS) + of(QUERIES);
    return new Question(
        "*:80",
        of(List.of("a.org", "x.a.org", "sub.b.org", "nobody")),
        of(METHODS),
        target,
        oneIn(2) ? List.of() : List.of(of(FIELDS)),
        of(List.of("198.51.100.7", "10.1.2.3", "2001:db8::1")));
  }
}
