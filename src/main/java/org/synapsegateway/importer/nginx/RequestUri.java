// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

/**
 * The path and query of one request as {@code rewrite} changes them, and as {@code proxy_pass}
 * sends them (src/http/modules/ngx_http_proxy_module.c). Confined to one thread.
 */
final class RequestUri {
  /** Since nginx 1.21.1. */
  private static final String ESCAPED = "#%?\"<>\\^`{|}";

  private final String target;
  private final Variables variables;
  private final boolean isQuoted;
  private boolean isRewritten;
  private boolean isOutsideLocation;

  /**
   * @param target as the client writes it
   */
  RequestUri(String target, Variables variables) {
    this.target = target;
    this.variables = variables;
    this.isQuoted = path().indexOf('%') >= 0;
  }

  private String path() {
    return target.replaceFirst("[?#].*", "");
  }

  /** Whether it has been rewritten, so that internal locations take it. */
  boolean isRewritten() {
    return isRewritten;
  }

  /**
   * Takes the replacement of a {@code rewrite} in place of the path.
   *
   * @param isBreak whether the location stays as it is, whatever the path
   */
  void rewrite(String replacement, boolean isBreak) {
    boolean dropsQuery = replacement.endsWith("?");
    String text = dropsQuery ? replacement.substring(0, replacement.length() - 1) : replacement;
    int mark = text.indexOf('?');
    String path = variables.expand(mark < 0 ? text : text.substring(0, mark));
    String query = variables.query();
    if (mark >= 0) {
      String added = expandQuery(text.substring(mark + 1));
      boolean joins = !dropsQuery && query != null && !query.isEmpty();
      query = joins ? added + "&" + query : added;
    } else if (dropsQuery) {
      query = null;
    }
    variables.moveTo(path, query);
    isRewritten = true;
    isOutsideLocation |= isBreak;
  }

  /** Captures of a path that has escapes are escaped where they come into a query. */
  private String expandQuery(String text) {
    boolean escapes = isQuoted || path().contains("+");
    return Template.of(variables.blamed().place(), text)
        .expand(
            name -> {
              String value = variables.get(name);
              return escapes && name.matches("[1-9]") ? escaped(value, "#%&+;?") : value;
            });
  }

  /**
   * What is sent if proxy_pass has no variables: the path behind the location's is kept.
   *
   * @param path that of proxy_pass; empty if it has none
   * @param here the block that has proxy_pass
   */
  String sent(String path, Block here) {
    if (path.isEmpty()) {
      return present();
    }
    if (isOutsideLocation) {
      return escaped(variables.path()) + query();
    }
    return path + escaped(variables.path().substring(here.location().name().length())) + query();
  }

  /** What is sent if proxy_pass has variables: its own path alone. */
  String sentByVariables(String path) {
    return path.isEmpty() ? present() : path.startsWith("/") ? path : "/" + path;
  }

  private String present() {
    return isRewritten ? escaped(variables.path()) + query() : target;
  }

  private String query() {
    String query = variables.query();
    return query == null || query.isEmpty() ? "" : "?" + query;
  }

  /** As NGX_ESCAPE_URI has it: what would mean something else in a path is escaped. */
  private String escaped(String path) {
    return isQuoted || isRewritten ? escaped(path, ESCAPED) : path;
  }

  private static String escaped(String path, String characters) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' ' || c >= 0x7f || characters.indexOf(c) >= 0) {
        escaped.append("%%%02X".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
